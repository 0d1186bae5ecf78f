-- lua: 5.3-5.5
-- Arithmetic with constant operands.
local a = {}
print(pcall(function () return a + 1 end))
print(pcall(function () return 1 - a end))
print(pcall(function () return a * 2.5 end))
print(pcall(function () return a // 0 end))
print(pcall(function () return "a" + 1 end))
print(pcall(function () return 10 + "x" end))
print(pcall(function () return "10" + {} end))
print(pcall(function () return nil + 1 end))
print(pcall(function () return true + 1 end))
print(pcall(function () return a >> 1 end))
print(pcall(function () return 1 << a end))
print(pcall(function () return a & 0xff end))
