-- lua: 5.1
-- string.dump and loadstring; stripped of nothing.
local f = function(a, ...) local b = a * 2 return b, select("#", ...), function() return b end end
local g = loadstring(string.dump(f))
print(g(21, 1, nil))
print(pcall(string.dump, print))
print(string.dump(f):sub(1, 4) == "\27Lua", string.dump(f):byte(5))
print(loadstring("\27Lua"))
local env = { tag = "env" }
print(setfenv(loadstring(string.dump(function() return tag end)), env)())
