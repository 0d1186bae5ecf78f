-- lua: 5.1-5.4
-- Closures share variables across coroutines, also after those end.
local function make()
  local n = 0 local co = coroutine.create(function () n = n + 1 coroutine.yield(function () n = n + 10 return n end) n = n + 100 end)
  return co, function () return n end end
local co, get = make()
local _, inc = coroutine.resume(co)
print(get(), inc(), get())
coroutine.resume(co)
print(get(), inc(), coroutine.status(co))
local setter
local c2 = coroutine.wrap(function () local inner = 1 setter = function (v) inner = v end
  coroutine.yield(inner) coroutine.yield(inner) end)
print(c2())
setter(42)
print(c2())
local fs = {}
for i = 1, 3 do fs[i] = coroutine.wrap(function () while true do i = i + 1 coroutine.yield(i) end end) end
print(fs[1](), fs[1](), fs[2](), fs[3](), fs[1]())
