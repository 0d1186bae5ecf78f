-- lua: 5.1
-- __eq is called only if both operands have the same one.
local eq = function() return true end
local a = setmetatable({}, { __eq = eq })
local b = setmetatable({}, { __eq = eq })
local c = setmetatable({}, { __eq = function() return true end })
print(a == b, a ~= b, a == c, a == {}, a == 1)
local mixed = setmetatable({}, { __lt = function() return "yes" end })
print(mixed < mixed, mixed > mixed, mixed <= mixed)
print(pcall(function() return mixed < {} end))
print(pcall(function() return {} < {} end), pcall(function() return {} < 1 end))
print(pcall(function() return "a" < 1 end), pcall(function() return nil > 1 end))
