-- lua: all
-- Events of calls, values of errors, texts of numbers.
local ev = {} debug.sethook(function(e, l) ev[#ev + 1] = e .. (l or "") end, "crl")
local function h1() return 1 end local function h2() return h1() end local function h3() return h2() end local v = h3()
debug.sethook() print(table.concat(ev, " "))
local cnt = 0 debug.sethook(function(e) cnt = cnt + 1 end, "", 10) for i = 1, 100 do end debug.sethook() print(cnt > 5, debug.gethook())
-- error objects & handlers
print(pcall(error)) print(pcall(error, nil, 2)) print(xpcall(function() error() end, function(m) return type(m) end)) print(pcall(coroutine.wrap(function() error() end)))
print(coroutine.resume(coroutine.create(function() error() end)))
print(select("#", pcall(error)))
print(pcall(string.format, "%d", "x")) print(pcall(string.format, "%d", 1.5)) print(pcall(("x").rep)) print(pcall(math.floor)) 
print(pcall(next, {}, "nokey")) print(pcall(rawset, {}, nil, 1)) print(pcall(function() local t = {} t[nil] = 1 end))
print(tostring(1e15), tostring(-1e15), 1e100, 123456.789e3, 2^63, -2^63, 1e14, 1e16, 0.1, 1/3, 100, 1e2, 3.0)
print(2^53 + 1, 2^31) 
