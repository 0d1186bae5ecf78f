-- lua: all
local function pass(...) return ... end
local function try(f, ...) print(pcall(function(...) return pass(f(...)) end, ...)) end
local function keys(t) local k = {} for n, v in pairs(t) do k[#k + 1] = n end table.sort(k) return table.concat(k, " ") end
local function f(a, b, ...) local c = 1 return debug.getinfo(1) end
local i = f() print(keys(i)) print(i.what, i.namewhat, i.name, i.linedefined, i.lastlinedefined, i.currentline, i.short_src, i.nups, i.nparams, i.isvararg)
print(keys(debug.getinfo(print))) print(debug.getinfo(print).what, debug.getinfo(print).short_src, debug.getinfo(print).nparams, debug.getinfo(print).isvararg)
for _, o in ipairs{"S", "l", "u", "n", "t", "r", "f", "x", ""} do local ok, r = pcall(debug.getinfo, 1, o) print(o, ok, ok and keys(r) or r) end
try(debug.getinfo, 100) try(debug.getinfo) try(debug.getinfo, "x") try(debug.getinfo, {}) try(debug.getinfo, 1, {})
local L = debug.getinfo(f, "L").activelines print(keys(L) ~= nil)
print(debug.getlocal(1, 1)) try(debug.getlocal, 1, 100) try(debug.getlocal, 100, 1) try(debug.getlocal, f, 1) try(debug.getlocal, f, 10) try(debug.getlocal, print, 1) try(debug.getlocal) 
print((function(...) return debug.getlocal(1, -1) end)("va"))
print((function() local z = 5 print(debug.setlocal(1, 1, 6)) return z end)()) try(debug.setlocal, 100, 1, 1) try(debug.setlocal, 1, 1)
local up = 1 local function g() return up end
print(debug.getupvalue(g, 1)) print(debug.setupvalue(g, 1, 7), up) print(debug.getupvalue(g, 2)) print(debug.getupvalue(print, 1)) print(select("#", debug.getupvalue(string.gmatch("x", "x"), 1))) try(debug.getupvalue) try(debug.getupvalue, 1, 1) try(debug.setupvalue, g, 1)
if debug.upvalueid then print(debug.upvalueid(g, 1) == debug.upvalueid(g, 1)) try(debug.upvalueid, g, 5) try(debug.upvalueid, 1, 1) try(debug.upvaluejoin, g, 1, g, 5) try(debug.upvaluejoin, print, 1, g, 1) end
print(debug.gethook()) debug.sethook(function() end, "crl", 5) print(select(2, debug.gethook())) debug.sethook() print(debug.gethook()) try(debug.sethook, 1) try(debug.sethook, 1, "c")
local ev = {} debug.sethook(function(e) ev[#ev + 1] = e end, "cr"); (function() return (function() return tostring(1) end)() end)() debug.sethook() print(table.concat(ev, " "))
print(debug.getmetatable("").__index == string, debug.getmetatable(1), debug.setmetatable(10, nil)) try(debug.getmetatable) try(debug.setmetatable, 1, 1) try(debug.setmetatable, 1)
local mt = {} print(type(debug.setmetatable({}, mt)))
print(type(debug.getregistry())) 
if debug.getuservalue then print(debug.getuservalue(1)) print(debug.getuservalue(io.stdout)) try(debug.setuservalue, 1, 1) try(debug.setuservalue, io.stdout, 1) try(debug.setuservalue, io.stdout, {}) try(debug.setuservalue, io.stdout) end
print(debug.traceback("m", 0):match("^[^\n]*\n[^\n]*")) print(debug.traceback({}) ~= nil, debug.traceback(nil) == nil, type(debug.traceback())) print(debug.traceback(12, 100)) if _VERSION > "Lua 5.1" then try(debug.traceback, "a", "x") try(debug.traceback, "a", nil) try(debug.getinfo, -1) end
print(debug.traceback("hi")) local co = coroutine.create(function() local x = 1 coroutine.yield() end) coroutine.resume(co) print(debug.traceback(co)) print(debug.traceback(co, "m")) print(debug.traceback(co, nil)) print(debug.getinfo(co, 1, "l") and debug.getinfo(co, 1, "l").currentline, debug.getlocal(co, 1, 1))
if debug.setcstacklimit then print(debug.setcstacklimit(200)) end
if debug.upvalueid then local u = debug.upvalueid(g, 1) try(debug.setuservalue, u, {}) end
