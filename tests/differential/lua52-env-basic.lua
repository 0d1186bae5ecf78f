-- lua: 5.2
-- _ENV is a variable like others.
local print = print
x = "global"
do local _ENV = { x = "inner" } print(x) y = 5 print(_ENV.y) end
print(x, y)
local function f(_ENV) return x end
print(f({ x = "param" }), f({ x = "other" }))
local function counter() local _ENV = { n = 0 } return function() n = n + 1 return n end end
local c = counter() c() print(c())
print(pcall(function() local _ENV = nil return x end))
print(pcall(function() local _ENV = 5 x = 1 end))
for _ENV in pairs({ [{ v = 3 }] = 1 }) do print(v) end
