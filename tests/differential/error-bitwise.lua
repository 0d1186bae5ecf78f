-- lua: 5.3-5.5
-- Bitwise operators want integers.
local f, big = 1.5, 2^63
print(pcall(function () return f | 1 end))
print(pcall(function () return 1 & f end))
print(pcall(function () return big ~ 1 end))
print(pcall(function () return ~f end))
print(pcall(function () return 1 << 0.5 end))
print(pcall(function () return "1.5" | 1 end))
print(pcall(function () return "abc" | 1 end))
print(pcall(function () return {} | 1 end))
print(pcall(function () return 1 | nil end))
print(pcall(function () local t = {}; return t.x ~ 1 end))
print(pcall(function () return "9223372036854775808" | 0 end))
print(pcall(function () return (0/0) >> 1 end))
print(pcall(function () return math.huge & 1 end))
