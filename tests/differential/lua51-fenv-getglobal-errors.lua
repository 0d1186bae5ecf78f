-- lua: 5.1
-- Names of variables in messages are those of globals, whatever the environment.
local f = setfenv(function() return x.y end, {})
print(pcall(f))
print(pcall(setfenv(function() x() end, {})))
print(pcall(setfenv(function() x = 1 return x + {} end, {})))
print(pcall(setfenv(function() return a.b.c end, { a = {} })))
print(pcall(setfenv(function() return x .. "a" end, {})))
print(pcall(function() local t = {} t.a.b = 1 end))
print(pcall(function() local up = {} return (function() return up.x.y end)() end))
print(pcall(function() local t = {} t:method() end))
