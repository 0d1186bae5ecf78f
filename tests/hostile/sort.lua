-- Comparators that lie, fail, and change the table they sort.
local function values(n) local t = {} for i = 1, n do t[i] = (i * 7919) % 1009 end return t end
local state = 1
local function random() state = (state * 1103515245 + 12345) % 2147483648 return state end
for _, n in ipairs { 2, 3, 5, 10, 100, 1000, 20000 } do
  pcall(table.sort, values(n), function () return true end)
  pcall(table.sort, values(n), function () return false end)
  pcall(table.sort, values(n), function () return random() % 2 == 0 end)
  pcall(table.sort, values(n), function (a, b) return a <= b end)
  pcall(table.sort, values(n), function (a, b) return a ~= b end)
  pcall(table.sort, values(n), function () return 0/0 > 1 or random() % 3 end)
  pcall(table.sort, values(n), function (a, b) if random() % 50 == 0 then error("stop") end return a < b end)
  local t = values(n)
  pcall(table.sort, t, function (a, b) t[random() % n + 1] = nil return (a or 0) < (b or 0) end)
  t = values(n)
  pcall(table.sort, t, function (a, b) t[#t + 1] = 1 return a < b end)
  t = values(n)
  pcall(table.sort, t, function (a, b) for i = 1, 3 do t[random() % n + 1] = {} end return tostring(a) < tostring(b) end)
  t = values(n)
  local calls = 0
  pcall(table.sort, t, function (a, b) calls = calls + 1 if calls == 5 then for k in pairs(t) do t[k] = nil end collectgarbage() end return (a or 0) < (b or 0) end)
end
assert(not pcall(table.sort, setmetatable({}, { __len = function () return math.maxinteger end })))
assert(not pcall(table.sort, setmetatable({}, { __len = function () return 1 << 40 end })))
pcall(table.sort, setmetatable({}, { __len = function () return 1000 end }))
pcall(table.sort, setmetatable({}, { __len = function () return 1000 end, __index = function (_, i) return -i end, __newindex = function () end }))
pcall(coroutine.wrap(function () table.sort(values(10), coroutine.yield) end))
print("survived")
