-- Strings until memory runs out, then on as if nothing had happened.
for round = 1, 3 do
  local ok, message = pcall(function () local s = "x" while true do s = s .. s end end)
  assert(not ok and message:find("not enough memory"), message)
  ok, message = pcall(string.rep, "x", 1 << 30)
  assert(not ok and message:find("not enough memory"), message)
  ok, message = pcall(function () local s = ("x"):rep(1 << 24) return (s:gsub(".", s)) end)
  assert(not ok and message:find("not enough memory"), message)
  ok, message = pcall(function () local t = {} for i = 1, math.huge do t[i] = ("%d"):format(i):rep(1000) end end)
  assert(not ok and message:find("not enough memory"), message)
  ok, message = pcall(function () local t = {} local s = ("x"):rep(1 << 20) for i = 1, 1 << 12 do t[i] = s end return table.concat(t) end)
  assert(not ok and message:find("not enough memory"), message)
  collectgarbage()
end
assert(#("x"):rep(1 << 20) == 1 << 20)
print("survived")
