-- lua: 5.3
-- Coroutines of 5.3.
print(coroutine.isyieldable(), coroutine.wrap(function() return coroutine.isyieldable() end)(), coroutine.close, coroutine.running())
local co = coroutine.create(function(...) local a = coroutine.yield(...) error("e" .. a) end)
print(coroutine.resume(co, 1, 2), coroutine.status(co)) print(coroutine.resume(co, 3)) print(coroutine.resume(co), coroutine.status(co)) print(pcall(coroutine.yield)) print(pcall(coroutine.wrap(function() error("in wrap") end))) print(pcall(coroutine.wrap(function() error({}) end)))
print(pcall(coroutine.resume, 5)) print(pcall(coroutine.create, 5)) print(pcall(coroutine.status, nil)) print(coroutine.resume(coroutine.running()))

print(coroutine.resume(coroutine.create(function() table.sort({ 1, 2, 3 }, coroutine.yield) end))) print(coroutine.resume(coroutine.create(function() return pcall(pcall, coroutine.yield, 5) end)))
