-- Metamethods that call themselves.
local events = { "add", "sub", "mul", "div", "mod", "pow", "unm", "idiv", "band", "bor", "bxor", "shl", "shr",
  "bnot", "concat", "len", "eq", "lt", "le", "index", "call" }
local actions = {
  add = function (t) return t + 1 end, sub = function (t) return t - 1 end, mul = function (t) return t * 2 end,
  div = function (t) return t / 2 end, mod = function (t) return t % 2 end, pow = function (t) return t ^ 2 end,
  unm = function (t) return -t end, idiv = function (t) return t // 2 end, band = function (t) return t & 1 end,
  bor = function (t) return t | 1 end, bxor = function (t) return t ~ 1 end, shl = function (t) return t << 1 end,
  shr = function (t) return t >> 1 end, bnot = function (t) return ~t end, concat = function (t) return t .. "x" end,
  len = function (t) return #t end, eq = function (t, u) return t == u end, lt = function (t, u) return t < u end,
  le = function (t, u) return t <= u end, index = function (t) return t.x end, call = function (t) return t() end,
}
for _, event in ipairs(events) do
  local mt = {}
  local t, u = setmetatable({}, mt), setmetatable({}, mt)
  mt["__" .. event] = function () return (actions[event](t, u)) end
  local ok, message = pcall(actions[event], t, u)
  assert(not ok and tostring(message):find("overflow"), event .. ": " .. tostring(message))
end
local t = setmetatable({}, { __newindex = function (t, k, v) t[k] = v; t[k] = v end })
assert(not pcall(function () t.x = 1 end))
local closing = setmetatable({}, {})
getmetatable(closing).__close = function () local again <close> = closing end
pcall(load("local c = ... local x <close> = c"), closing)
print("survived")
