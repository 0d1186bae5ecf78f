-- lua: 5.3-5.5
-- A key that is no name is described too.
local t = nil
print(pcall(function () return t[1] end))
print(pcall(function () return t[1.5] end))
print(pcall(function () return t[true] end))
print(pcall(function () local i = 3; return t[i] end))
print(pcall(function () t[{}] = 1 end))
print(pcall(function () return #t end))
print(pcall(function () return -t end))
print(pcall(function () return ~t end))
print(pcall(function () return t() end))
