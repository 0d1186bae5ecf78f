-- lua: 5.2-5.5
-- traceback with messages, levels, and values that are no strings.
local function deep(n, f) if n == 0 then return (f()) end local r = deep(n - 1, f) return r end
print(deep(2, function () return debug.traceback("msg") end))
print(deep(2, function () return debug.traceback("msg", 2) end))
print(deep(1, function () return debug.traceback("msg", 0) end))
print(debug.traceback("top", 50))
print(debug.traceback(12), debug.traceback(true), debug.traceback(nil) ~= nil)
print(deep(30, function () return debug.traceback() end))
local t = setmetatable({}, { __index = function (_, k) return debug.traceback(k) end })
print(t.key)
print(select(2, xpcall(function () local x = nil + 1 end, debug.traceback)))
function globalfunction() print(debug.traceback("in global")) end
globalfunction()
local m = { method = function () print(debug.traceback("in method")) end }
m:method()
string.custom = function () print(debug.traceback("in library field")) end
string.custom()
