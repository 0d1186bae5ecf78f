-- lua: 5.1 5.3-5.5
-- __pairs and callable iterators.
local t = setmetatable({}, { __pairs = function (x) return function (_, k) k = (k or 0) + 1 if k <= 3 then
  return k, k * 2 end end, x, nil end })
for k, v in pairs(t) do io.write(k, ":", v, " ") end
print()
print(pcall(pairs, setmetatable({}, { __pairs = 5 })))
print(select("#", pairs(setmetatable({}, { __pairs = function () return 1 end }))), select("#", pairs {}),
  pairs(setmetatable({}, { __pairs = function () return 1, 2, 3, 4 end })))
print(pcall(pairs))
print(pcall(pairs, 5))
local calls = 0
for _ in setmetatable({}, { __call = function () calls = calls + 1 if calls < 3 then return calls end end }) do end
print(calls)
