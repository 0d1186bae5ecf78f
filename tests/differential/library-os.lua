-- lua: all
-- env: TZ=UTC
local function pass(...) return ... end
local function try(f, ...) print(pcall(function(...) return pass(f(...)) end, ...)) end
print(os.execute("true")) print(os.execute("exit 3")) print(os.execute("kill -9 $$")) print(os.execute()) try(os.execute, {})
print(os.getenv("TZ"), os.getenv("NONEXISTENT_X")) try(os.getenv)
print(os.date("!%Y-%m-%d %H:%M:%S", 1e9), os.date("!%c", 0), os.date("!%x %X %p", 86399)) try(os.date, "%Q") try(os.date, "%E") try(os.date, "%Ez") try(os.date, "%") print(os.date("!%Ey|%Od", 0))
try(os.date, "*t", "x") try(os.date, {}) try(os.date, "!%c", 2^60) try(os.date, "!%c", 1.5) try(os.date, "!%H", "3600")
local t = os.date("!*t", 1e9) print(t.year, t.month, t.day, t.hour, t.min, t.sec, t.wday, t.yday, t.isdst)
print(os.time{year = 2001, month = 9, day = 9, hour = 1, min = 46, sec = 40}, os.time{year = 2000, month = 1, day = 1})
try(os.time, {}) try(os.time, {year = 2000}) try(os.time, {year = 2000, month = 1}) try(os.time, {year = "x", month = 1, day = 1}) try(os.time, {year = 2000, month = 1, day = 1.5}) try(os.time, {year = "2000", month = 1, day = 1}) try(os.time, 1) try(os.time, {year = 2^31, month = 1, day = 1}) try(os.time, {year = 2000, month = 1, day = 1, hour = {}})
try(os.time, {year = 1e9, month = 1, day = 1}) try(os.time, {year = 2^40, month = 1, day = 1}) try(os.time, {year=2000,month=2^31-1,day=1}) try(os.time, {year=2000,month=2^30,day=1})
t = {year = 2000, month = 14, day = 35, hour = 25} print(os.time(t), t.month, t.day, t.hour, t.yday)
print(os.difftime(10, 5)) try(os.difftime, 10) try(os.difftime) try(os.difftime, "a") try(os.difftime, 1.5, 1)
print(type(os.clock()), type(os.time()), os.setlocale(), os.setlocale("C"), os.setlocale("xx"), os.setlocale(nil, "time")) try(os.setlocale, "C", "x") try(os.remove) try(os.rename, "a") try(os.exit, "x") try(os.exit, {})
print(pcall(os.date, "!a\0b%d", 0)) io.stdout:setvbuf("full")
