-- lua: 5.1
-- debug.getfenv and debug.setfenv look at functions, threads and user values.
local f = function() return x end
print(debug.getfenv(f) == _G)
print(debug.setfenv(f, { x = 3 }) == f, f())
local u = newproxy()
print(type(debug.getfenv(u)))
debug.setfenv(u, { tag = 1 })
print(debug.getfenv(u).tag)
print(debug.getfenv(5))
print(pcall(debug.setfenv, 5, {}))
local co = coroutine.create(function() return x end)
debug.setfenv(co, { x = 1 })
print(debug.getfenv(co).x)
print(coroutine.resume(co))
