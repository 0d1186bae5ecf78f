-- lua: 5.2-5.5
-- Tracebacks of other threads.
local co = coroutine.create(function (x) local function inner() coroutine.yield(x) error("after yield") end inner() end)
coroutine.resume(co, 5)
print(debug.traceback(co))
print(debug.traceback(co, "message"))
print(debug.traceback(co, nil, 1))
print(debug.traceback(co, "m", 10))
coroutine.resume(co)
print(debug.traceback(co))
print(debug.traceback("here", 1))
print(debug.traceback(coroutine.create(print)))
print(debug.traceback({}) ~= nil, debug.traceback(nil), type(debug.traceback()))
