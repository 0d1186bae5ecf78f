-- Tables until memory runs out.
for round = 1, 2 do
  local ok, message = pcall(function () local t = {} for i = 1, math.huge do t[i] = i end end)
  assert(not ok and message:find("not enough memory"), message)
  ok, message = pcall(function () local t = {} for i = 1, math.huge do t[i] = {} end end)
  assert(not ok and message:find("not enough memory"), message)
  ok, message = pcall(function () local t = {} for i = 1, math.huge do t[i + 0.5] = i end end)
  assert(not ok and message:find("not enough memory"), message)
  ok, message = pcall(function () local t = {} while true do t = { t, {}, x = t } end end)
  assert(not ok and message:find("not enough memory"), message)
  collectgarbage()
end
local t = {}
for i = 1, 100000 do t[i] = { i } end
assert(#t == 100000)
print("survived")
