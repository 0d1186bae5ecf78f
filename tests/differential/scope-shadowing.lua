-- lua: all
-- Redeclared names.
local x = 1
local x = x + 1
print(x)
local function x() return "f" end
print(x())
local a, a = 1, 2
print(a)
local function f(p, p) return p end
print(f(1, 2))
for x = x() == "f" and 1 or 2, 1 do print(x) end
do local print = function (...) io.write("shadow ", ..., "\n") end print("y") end
local _ENV = { print = print }
y = 5
print(y, _ENV.y)
local function g() z = 6 end
g()
print(_ENV.z, z)
do local _ENV = nil local ok = 1 end
