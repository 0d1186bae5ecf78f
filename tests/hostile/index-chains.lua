-- Chains and loops of tables behind tables.
local function chain(n, field)
  local t = {}
  for i = 1, n do t = setmetatable({}, { [field] = t }) end
  return t
end
for _, n in ipairs { 100, 1999, 2001, 20000 } do
  pcall(function () return chain(n, "__index").x end)
  pcall(function () chain(n, "__newindex").x = 1 end)
  pcall(function () return chain(n, "__call")() end)
  pcall(function () return rawlen(chain(n, "__len")), #chain(n, "__len") end)
end
local a, b = {}, {}
setmetatable(a, { __index = b, __newindex = b })
setmetatable(b, { __index = a, __newindex = a })
assert(not pcall(function () return a.x end))
assert(not pcall(function () a.x = 1 end))
local mt = {}
local self = setmetatable({}, mt)
for _, e in ipairs { "__index", "__newindex", "__metatable", "__mode" } do mt[e] = self end
for _, f in ipairs { function () return self.x end, function () self.x = 1 end, function () return #self end,
  function () for _ in pairs(self) do end end, function () return self .. self end, function () return self < self end } do
  pcall(f)
end
print("survived")
