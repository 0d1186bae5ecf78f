-- lua: all
-- A comparison that contradicts itself is noticed, or the sort ends anyway.
local t = {} for i = 1, 100 do t[i] = i end
print(pcall(table.sort, t, function () return true end))
t = {} for i = 1, 5 do t[i] = i end
print(pcall(table.sort, t, function () return true end))
print(pcall(table.sort, { 1, 2, 3, 4 }, function () return false end))
print(pcall(table.sort, setmetatable({}, { __len = function () return math.maxinteger end })))
print(pcall(table.sort, setmetatable({}, { __len = function () return "x" end })))
print(pcall(table.sort, setmetatable({}, { __len = function () return -5 end })))
