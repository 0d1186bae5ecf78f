-- lua: 5.1
-- What os functions answer.
print(os.execute("exit 3"), os.execute("true"), os.execute() ~= 0)
print(os.getenv("NO_SUCH_VARIABLE"), os.rename("/no/such/a", "/no/such/b"))
print(os.date("!%Y-%m-%d %H:%M:%S", 0), os.date("!*t", 86400).day, os.time { year = 2000, month = 1, day = 1, hour = 12 })
print(pcall(os.date, "%Ex", 0) ~= nil, os.date("!%d", 1e9))
print(os.difftime(5, 3), pcall(os.time, { year = 2000 }))
print(os.setlocale(), os.setlocale("C"), os.setlocale(nil, "all"), os.setlocale("no_such"))
local p = io.popen("exit 3") print(p:close())
