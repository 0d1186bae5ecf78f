-- lua: 5.3-5.5
-- Metamethods of operations folded or with constants.
local mt = { __unm = function () return "unm" end, __bnot = function () return "bnot" end, __len = function ()
  return "len" end, __index = function (_, k) return "idx" .. tostring(k) end, __shl = function (a, b)
  return "shl" end, __shr = function () return "shr" end, __idiv = function () return "idiv" end,
  __eq = function () return true end }
local t = setmetatable({}, mt)
print(-t, ~t, #t, t << 1, t >> 1, 1 << t, 1 >> t, t // 1, t[1], t[255], t[256], t[-1], t.x, t[1.5])
print(t == 1, 1 == t, t == "x", t == nil, t == setmetatable({}, mt), not t)
