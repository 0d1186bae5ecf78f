-- lua: 5.3-5.5
-- Resume and yield pass values both ways.
local co = coroutine.create(function (a, b) local c = coroutine.yield(a + b) local d,
  e = coroutine.yield(c * 2) return d + e, "done" end)
print(coroutine.status(co), coroutine.resume(co, 1, 2))
print(coroutine.status(co), coroutine.resume(co, 10))
print(coroutine.resume(co, 3, 4))
print(coroutine.status(co), coroutine.resume(co))
print(coroutine.resume(co))
print(coroutine.isyieldable(), select(2, coroutine.running()), coroutine.status(coroutine.running()))
print(pcall(coroutine.yield, 1))
print(coroutine.resume(coroutine.running()))
co = coroutine.wrap(function (...) print(...) print(coroutine.yield()) return end)
co(1, 2)
co(nil, 3)
print(pcall(co))
print(pcall(co))
print(coroutine.resume(coroutine.create(print), 1, 2))
print(select("#", coroutine.resume(coroutine.create(function () end))))
