-- lua: 5.1 5.3-5.5
-- Functions without results, and results in expressions.
local function two() return 1, 2 end
local function none() end
local t = { two(), two() }
print(#t)
print(none())
print((none()))
print(none(), 1)
print(type((none())))
print(pcall(type, none()))
local a, b = none()
print(a, b)
print(two() + 1, -two(), two() .. "x", #{ two() })
print((two)())
print(("x"):rep(two()))
print(tostring(two()))
for i = two(), 3 do io.write(i, " ") end
print()
