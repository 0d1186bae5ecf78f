-- lua: 5.2
-- The form of tracebacks.
local function f() error("oops") end
local function tail() return f() end
t = {} function t.field() tail() end function t:method() t.field() end
print(select(2, xpcall(function() t:method() end, debug.traceback)))
local co = coroutine.create(function() local x = coroutine.yield() f() end)
coroutine.resume(co) print(debug.traceback(co)) print(coroutine.resume(co)) print(debug.traceback(co, "m", 0))
local function deep(n) if n == 0 then error("bottom") end deep(n - 1) return 1 end
print(select(2, xpcall(function() deep(40) end, debug.traceback)))
print(debug.traceback("m", 5)) print(debug.traceback({}) ~= nil, debug.traceback(nil) ~= nil)
