-- lua: 5.3-5.5
-- Who is running, normal, suspended, dead.
local co1, co2
co1 = coroutine.create(function () print(coroutine.status(co1), coroutine.status(co2)) coroutine.resume(co2)
  print(coroutine.status(co1), coroutine.status(co2)) end)
co2 = coroutine.create(function () print(coroutine.status(co1), coroutine.status(co2))
  print(coroutine.resume(co1)) print(coroutine.resume(co2)) coroutine.yield() end)
print(coroutine.resume(co1))
print(coroutine.status(co1), coroutine.status(co2))
print(pcall(coroutine.status, 1))
print(pcall(coroutine.status))
print(coroutine.isyieldable(co1), coroutine.isyieldable(co2))
local main = coroutine.running()
coroutine.wrap(function () print(coroutine.status(main), coroutine.isyieldable(), coroutine.isyieldable(main),
  select(2, coroutine.running())) end)()
print(pcall(coroutine.isyieldable, 1))
print(pcall(coroutine.resume))
print(pcall(coroutine.create))
print(pcall(coroutine.wrap, nil))
