-- lua: 5.4-5.5
-- Dates as tables and back.
local function show(t) print(t.year, t.month, t.day, t.hour, t.min, t.sec, t.wday, t.yday, t.isdst) end
show(os.date("!*t", 0))
show(os.date("*t", 1234567890))
show(os.date("!*t", 951782400))
show(os.date("!*t", -86400))
show(os.date("!*tanything", 5))
print(os.time { year = 2000, month = 1, day = 1, hour = 0 }, os.time { year = 2024, month = 2, day = 30 },
  os.time { year = 1970, month = 1, day = 1, hour = 12, min = 30, sec = 15 }, os.time { year = "2001",
  month = "2", day = "3" })
local t = { year = 2023, month = 14, day = -5, hour = 30, min = 70, sec = 3600 }
print(os.time(t))
show(t)
print(pcall(os.time, {}))
print(pcall(os.time, { year = 2000 }))
print(pcall(os.time, { year = 2000, month = 1 }))
print(pcall(os.time, { year = 2000, month = "x", day = 1 }))
print(pcall(os.time, { year = 2000, month = 1.5, day = 1 }))
print(pcall(os.time, { year = 2^40 // 1 | 0, month = 1, day = 1 }))
print(pcall(os.time, { year = 2000, month = math.maxinteger, day = 1 }))
print(pcall(os.time, 5))
print(os.time { year = 2000, month = 7, day = 1, isdst = true }, os.time { year = 2000, month = 7, day = 1,
  isdst = false })
print(math.type(os.time()), math.type(os.clock()), os.difftime(10, 5), pcall(os.difftime), os.difftime(5, 2.0))
