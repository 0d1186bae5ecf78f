-- lua: 5.2
-- The main thread has a name for itself.
local co, main = coroutine.running() print(type(co), main)
print(coroutine.wrap(function() return select(2, coroutine.running()) end)())
print(pcall(coroutine.yield)) print(coroutine.resume(co)) print(coroutine.status(co))
print(coroutine.resume(coroutine.create(function() return coroutine.resume(co) end)))
print(pcall(coroutine.wrap(function() error({}) end)))
print(pcall(coroutine.wrap(function() error("s") end)))

print(coroutine.isyieldable)
