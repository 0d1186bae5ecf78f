-- lua: 5.1
-- The form of debug.traceback.
local function f() print(debug.traceback("message")) end
local function g() f() end
local function tail() return g() end
tail()
print(debug.traceback("level", 2))
print(debug.traceback({}) ~= nil, debug.traceback(nil), debug.traceback(5))
local co = coroutine.create(function() local x = coroutine.yield() error("oops") end)
coroutine.resume(co)
print(debug.traceback(co)) print(debug.traceback(co, "msg")) print(debug.traceback(co, "msg", 1))
print(coroutine.resume(co)) print(debug.traceback(co))
t = {} function t.field() error("in field") end function t:method() t.field() end
print(xpcall(function() t:method() end, debug.traceback))
