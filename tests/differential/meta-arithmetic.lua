-- lua: 5.3-5.5
-- Arithmetic metamethods and their operands' order.
local mt = {}
for _, e in ipairs { "add", "sub", "mul", "div", "mod", "pow", "unm", "idiv", "band", "bor", "bxor", "shl",
  "shr", "bnot", "concat" } do
  mt["__" .. e] = function (a, b)
    return e .. ":" .. (type(a) == "table" and "T" or tostring(a)) .. "," .. (type(b) == "table" and "T" or tostring(b))
    end
end
local t = setmetatable({}, mt)
print(t + 1, 1 + t, t - 2.5, 2 - t, t * t, t / "x", "x" / t, t % nil, t ^ 2, 2 ^ t)
print(-t, ~t, t // 1, 1 // t, t & 1, 1 | t, t ~ 1.5, t << 1, 1 >> t, t .. "s", 1 .. t)
local other = setmetatable({}, { __add = function () return "other" end })
print(t + other, other + t, 1 + other, other + 1)
print(t + 100000, 100000 + t, t - 5, 5 - t, t >> 1, 1 << t, t & 0xffff, 0xffff & t, t // 2, 2 // t, t * 3,
  3 * t, t == t)
