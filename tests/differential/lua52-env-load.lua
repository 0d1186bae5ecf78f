-- lua: 5.2
-- The environment of loaded chunks.
local env = { print = print }
load("x = 1; print(x)", "c", "t", env)()
print(x, env.x)
print(load("return _ENV", "c", "t", env)() == env, load("return _ENV")() == _G)
local f = load("local a = ...; return x, a", "c", "t", { x = 7 })
print(f(5))
print(debug.getupvalue(f, 1), debug.setupvalue(f, 1, { x = 8 }), f())
print(load("return 1", "c", "b"))
print(load(string.dump(function() end), "c", "t"))
print(pcall(load, "x", "c", "q", nil))
local parts = { "return ", "x" } local i = 0
print(load(function() i = i + 1 return parts[i] end, "c", "t", { x = 9 })())
print(loadfile("no-such-file"), setfenv, getfenv)
