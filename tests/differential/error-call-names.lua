-- lua: 5.1 5.3-5.5
-- The message of a bad call names what was called.
local t = {}
local up
print(pcall(function () local f; f() end))
print(pcall(function () up() end))
print(pcall(function () undefinedfunction() end))
print(pcall(function () t.method() end))
print(pcall(function () t:method() end))
print(pcall(function () t.a.b() end))
print(pcall(function () (1)() end))
print(pcall(function () ("x")() end))
print(pcall(function () t[1]() end))
print(pcall(function () t.x.y:z() end))
print(pcall(function () ("x"):nomethod() end))
print(pcall(function () return up() end))
print(pcall(function () return t.tail() end))
print(pcall(function () string.nothing() end))
print(pcall(pcall))
print(pcall(nil))
print(pcall(1, 2))
