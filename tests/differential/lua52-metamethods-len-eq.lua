-- lua: 5.2
-- __len for tables, __eq with either operand's.
local t = setmetatable({ 1, 2 }, { __len = function() return "ten" end })
print(#t, rawlen(t), rawlen("abc"))
local eq = function() return true end
local a, b, c = setmetatable({}, { __eq = eq }), setmetatable({}, { __eq = eq }), setmetatable({}, { __eq = function() return 1 end })
print(a == b, a == c, a == {}, a ~= b)
local lt = setmetatable({}, { __lt = function() return 1 end })
print(lt < lt, lt > 1, 1 < lt, lt <= lt, not (lt <= 1))
print(pcall(function() return {} < {} end), pcall(function() return {} <= 1 end))
print(pcall(table.concat, setmetatable({}, { __len = function() return 2 end })))
print(pcall(table.insert, setmetatable({}, { __len = function() return "x" end }), 1))
