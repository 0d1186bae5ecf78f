-- lua: 5.3-5.5
-- Arithmetic on a bad operand names the operand at fault.
local t, s = {}, "text"
local a = nil
print(pcall(function () return a + 1 end))
print(pcall(function () return 1 + a end))
print(pcall(function () return t.x * 2 end))
print(pcall(function () return 2 * t.x end))
print(pcall(function () return t - s end))
print(pcall(function () return s - t end))
print(pcall(function () return s + 1 end))
print(pcall(function () return undefinedglobal ^ 2 end))
print(pcall(function () return -{} end))
print(pcall(function () return -t.y end))
print(pcall(function () local b = true; return b / 2 end))
print(pcall(function () return t % print end))
print(pcall(function () local x = {} ; x = x // 1 end))
print(pcall(function () return 1 < 2 + t end))
