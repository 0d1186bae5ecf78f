-- lua: all
-- Tracebacks, positions and names of functions.
local load = loadstring or load
local function lvl3() error("boom") end
local t = {}
function t.lvl2(x) local r = lvl3() return r end
function globf() local r = t.lvl2(1) return r end
local co = coroutine.create(function(a) local b = coroutine.yield(a) globf() end)
print(coroutine.resume(co, 1))
print(debug.traceback(co)) print(debug.traceback(co, "msg")) print(debug.traceback(co, nil, 0)) print(debug.traceback("hi", 1))
print(coroutine.resume(co, 1))
print(debug.traceback(co))
print(xpcall(globf, debug.traceback))
print(xpcall(globf, function(m) return debug.traceback(m, 2) end))
local function deep(n) if n == 0 then error("deep") end local r = deep(n - 1) return r end
for _, n in ipairs{5, 9, 10, 11,12, 15, 18, 19, 20, 21, 22, 23, 30} do print(n, xpcall(function() deep(n) end, debug.traceback)) end
for _, n in ipairs{15, 18, 19, 20, 21, 22, 23, 30} do print(n, xpcall(function() deep(n) end, function(m) return debug.traceback(m, 5) end)) end
for _, n in ipairs{15, 18, 30} do print(n, xpcall(function() deep(n) end, function(m) return debug.traceback(m, 13) end)) end
local function tail2() local x = debug.traceback("tails") return x end
local function tail1() return tail2() end
local function tail0() return tail1() end
print((tail0()))
print(pcall(string.rep)) print(pcall(string.rep, "x", {}))
print(pcall(function() local s = "x" return s:rep({}) end))
print(pcall(function() return ("x"):rep() end))
print(xpcall(function() string.rep() end, debug.traceback))
print(xpcall(function() local a = setmetatable({}, {__index = function(t, k) error("idx") end}) return a.x end, debug.traceback))
print(xpcall(function() local a = setmetatable({}, {__add = function(t, k) error("add") end}) return a + 1 end, debug.traceback))
print(xpcall(function() for i in function() error("iter") end do end end, debug.traceback))
print(xpcall(function() for i in next, nil do end end, debug.traceback))
print(xpcall(function() local t = {} t.x.y = 1 end, debug.traceback))
print(xpcall(function() table.sort({1,2,3}, function(a, b) error("cmp") end) end, debug.traceback))
print(xpcall(function() (function() error("anon") end)() end, debug.traceback))
print(xpcall(load("error('chunk')", "=chunk"), debug.traceback))
print(xpcall(load("local x = ...; x()", "a long chunk name that is longer than sixty characters, so it is cut somewhere"), debug.traceback))
print(xpcall(load("\n\nlocal x = ...; x()", "first line\nsecond"), debug.traceback))
print(xpcall(load("local x = ...; x()", "@" .. ("abcdefghij"):rep(8)), debug.traceback))
local ok, e = pcall(load("return (1)()", "=x")) print(e)
print(pcall(error, "msg", 1)) print(pcall(error, "msg", 2)) print(pcall(function() error("msg", 1) end)) print(pcall(function() error("msg", 2) end)) print(pcall(function() error("msg", 3) end))
local function f3() error("tl", 2) end
print(pcall(function() return f3() end)) print(pcall(function() f3() end))
