-- Closures, coroutines and deep stacks until memory runs out.
collectgarbage("incremental")
do
  local round = 1
  local ok, message = pcall(function () local f = print while true do local g = f f = function () return g, round end end end)
  assert(not ok and message:find("not enough memory"), message)
  ok, message = pcall(function () local t = {} for i = 1, math.huge do t[i] = coroutine.create(print) end end)
  assert(not ok and message:find("not enough memory"), message)
  ok, message = pcall(function ()
    local t = {}
    for i = 1, math.huge do t[i] = coroutine.wrap(function (...) local a, b, c = ... coroutine.yield(a) end) t[i](i) end
  end)
  assert(not ok and message:find("not enough memory"), message)
  ok, message = pcall(function () local t = {} for i = 1, math.huge do t[i] = assert(load("local a, b = ... return a, b, " .. i .. ", 'k" .. i .. "'")) end end)
  assert(not ok and message:find("not enough memory"), message)
  collectgarbage()
end
local co = coroutine.wrap(function () coroutine.yield("works") end)
assert(co() == "works")
print("survived")
