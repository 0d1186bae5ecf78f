-- lua: 5.4-5.5
-- _ENV as parameter, local and upvalue.
local function f(_ENV) return x end
print(f { x = 5 })
local env = setmetatable({}, { __index = _G })
local chunk = load("y = 10; return y, print ~= nil, _ENV == ...", "c", "t", env)
print(chunk(env))
print(y, env.y)
print(pcall(load("return x.y", "=c", "t", {})))
print(load("return _ENV", "c", "t", 5)())
print(pcall(load("return x", "=c", "t", nil)))
do local _ENV <const> = { tostring = tostring } a = 1 _G_a = tostring(a) end
print(a, _G_a)
x = 7
print(_G.x, _ENV.x, _G == _ENV, _G._G == _G)
_G["odd name"] = 1
print(_ENV["odd name"])
local _ENV = {}; b = 2
