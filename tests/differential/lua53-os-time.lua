-- lua: 5.3
-- os.time and os.date.
print(os.time({ year = 2000, month = 1, day = 1, hour = 0 }), os.time({ year = 2000, month = 14, day = -3, hour = 30, min = 90, sec = 3600 })) print(pcall(os.time, { year = 2000 })) print(pcall(os.time, { year = 2000, month = "x", day = 1 })) print(pcall(os.time, { year = 2000, month = 1.5, day = 1 })) print(pcall(os.time, { year = 2^40, month = 1, day = 1 })) print(pcall(os.time, 5))
local t = os.date("!*t", 1e9) local names = {} for k, v in pairs(t) do names[#names + 1] = k .. "=" .. tostring(v) end table.sort(names) print(table.concat(names, " ")) print(os.date("!%Y-%m-%d %H:%M:%S %j %w %%", 0)) print(pcall(os.date, "%Ez", 0)) print(pcall(os.date, "%Q", 0)) print(pcall(os.date, "*t", 2^60)) print(pcall(os.date, "%d", 1.5))
local d = { year = 2020, month = 2, day = 31, hour = 12 } os.time(d) print(d.month, d.day, d.yday, d.isdst) print(os.execute("exit 3")) print(os.execute("kill -9 $$")) print(os.getenv("NOPE"), os.rename("/no/a", "/no/b"))
