-- lua: 5.1
-- setfenv gives a Lua function other globals, getfenv tells them.
local function f() return x, y end
x = "global"
print(f())
local env = { x = 1, y = 2 }
print(setfenv(f, env) == f, f())
print(getfenv(f) == env, getfenv(print) == _G, getfenv() == _G, getfenv(0) == _G)
env.x = 10
print(f())
setfenv(f, setmetatable({}, { __index = function(_, k) return "no " .. k end }))
print(f())
