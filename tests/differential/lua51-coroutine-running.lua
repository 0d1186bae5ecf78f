-- lua: all
-- Outside coroutines there is none running.
print(coroutine.running())
local co
co = coroutine.create(function() return coroutine.running() == co end)
print(coroutine.resume(co))
print(coroutine.resume(co), coroutine.status(co))
print(pcall(coroutine.yield, 1))
print(coroutine.isyieldable, coroutine.close)
local w = coroutine.wrap(function() error("inside") end)
print(pcall(w))
local w = coroutine.wrap(function() error({ 1 }) end)
print(type(select(2, pcall(w))))
print(pcall(coroutine.create), pcall(coroutine.create, 5), pcall(coroutine.create, print))
print(pcall(coroutine.resume, 5))
