-- lua: 5.2
-- What os functions answer.
print(os.execute("exit 3")) print(os.execute("true")) print(os.execute("kill -9 $$")) print(os.execute())
print(os.date("!%Y-%m-%d", 0), pcall(os.date, "%Ez", 0), pcall(os.date, "%Q", 0), os.time({ year = 2000, month = 1, day = 1, hour = 0 }))
print(pcall(os.time, { year = 2000 })) print(pcall(os.time, { year = 2000, month = "x", day = 1 })) print(os.time({ year = 2000, month = 13, day = 32, hour = 25 }))
print(os.getenv("NOPE"), os.rename("/no/a", "/no/b")) print(os.tmpname() ~= nil, os.setlocale(), os.difftime(3, 1))
