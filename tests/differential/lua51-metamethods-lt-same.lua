-- lua: 5.1
-- __lt and __le need the same function in both operands.
local f = function(a, b) return a.v < b.v end
local g = function(a, b) return a.v <= b.v end
local function new(v, lt, le) return setmetatable({ v = v }, { __lt = lt, __le = le }) end
print(new(1, f) < new(2, f), new(1, f) <= new(2, f), new(2, f) <= new(2, f))
print(new(1, f, g) <= new(1, f, g), new(1, f, g) >= new(2, f, g))
print(pcall(function() return new(1, f) < new(2, function() return true end) end))
print(pcall(function() return new(1) < new(2) end))
print(pcall(function() return new(1, f) < 5 end))
