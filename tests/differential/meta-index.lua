-- lua: all
-- __index as table, function, and chain.
local base = { a = 1, b = 2 }
local mid = setmetatable({ b = 20 }, { __index = base })
local t = setmetatable({}, { __index = mid })
print(t.a, t.b, t.c)
local f = setmetatable({}, { __index = function (s, k) return k .. "!" end })
print(f.x, f[1], pcall(function () return f[true] end))
