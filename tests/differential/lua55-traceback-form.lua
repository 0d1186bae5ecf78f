-- lua: 5.5
-- The form of tracebacks.
local function f() error("oops") end
local function tail() return f() end
t = {} function t.field() tail() end function t:method() t.field() end function globalf() t:method() end
print(select(2, xpcall(function() globalf() end, debug.traceback)))
print(select(2, xpcall(function() return setmetatable({}, { __index = function(_, k) error(k) end }).x end, debug.traceback))) print(select(2, xpcall(function() for i in f do end end, debug.traceback)))
local co = coroutine.create(function() local x = coroutine.yield() f() end) coroutine.resume(co) print(debug.traceback(co)) print(coroutine.resume(co)) print(debug.traceback(co, "m", 0))
local function deep(n) if n == 0 then error("bottom") end deep(n - 1) return 1 end print(select(2, xpcall(function() deep(40) end, debug.traceback)))
print(select(2, xpcall(string.rep, debug.traceback))) print(select(2, xpcall(function() table.sort({ 1, 2 }, function() error("cmp") end) end, debug.traceback))) print(select(2, xpcall(function() local x <close> = setmetatable({}, { __close = function() error("closing") end }) end, debug.traceback)))
