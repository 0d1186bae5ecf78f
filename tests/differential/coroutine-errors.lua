-- lua: all
-- Errors inside coroutines, by resume and by wrap.
local co = coroutine.create(function () error("plain") end)
print(coroutine.resume(co))
print(coroutine.status(co), coroutine.resume(co))
print(coroutine.resume(coroutine.create(function () error({ 1 }) end)) == false)
print(pcall(coroutine.wrap(function () error("wrapped") end)))
print(pcall(coroutine.wrap(function () error("level0", 0) end)))
local o = {}
print(select(2, pcall(coroutine.wrap(function () error(o) end))) == o)
print(pcall(coroutine.wrap(function () local x = nil; x() end)))
local w = coroutine.wrap(function () return 1 end)
w()
print(pcall(w))
print(pcall(coroutine.wrap(function () coroutine.wrap(function () error("inner") end)() end)))
print(coroutine.resume(coroutine.create(function () return pcall(function () coroutine.yield("y")
  error("after", 0) end) end)))
print(pcall(coroutine.wrap(function () error() end)))
