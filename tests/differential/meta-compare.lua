-- lua: 5.2-5.5
-- __eq, __lt and __le, and their results as booleans.
local mt = { __lt = function (a, b) return (a.v or a) < (b.v or b) end, __le = function (a, b)
  return "truthy" end, __eq = function (a, b) io.write("eq ") return a.v == b.v end }
local function new(v) return setmetatable({ v = v }, mt) end
local a, b, a2 = new(1), new(2), new(1)
print(a < b, b < a, a > b, a <= b, a >= b, a == b, a == a2, a ~= a2, a == a, a == 1, not (a < b))
print(rawequal(a, a2), a2 == a)
print(pcall(function () return a < setmetatable({ v = 5 }, {}) end), pcall(function () return setmetatable({},
  {}) == setmetatable({}, { __eq = function () return 1 end }) end))
print(pcall(function () return a < 5 end))
local m = setmetatable({}, { __lt = function (x, y) return type(x) .. type(y) end })
print(m < 5, 5 < m, m > 5, "x" > m, m < "x")
if a < b and not (b < a) then print("branches") end
while a == b do break end
