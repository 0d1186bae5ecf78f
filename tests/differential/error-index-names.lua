-- lua: all
-- The message of a bad index names the variable that held the value.
local l
local up
local t = {}
print(pcall(function () return l.x end))
print(pcall(function () local n; return n.x end))
print(pcall(function () return undefinedglobal.x end))
print(pcall(function () return t.field.x end))
print(pcall(function () return t[1].x end))
print(pcall(function () return t["a b"].x end))
print(pcall(function () return (t.a or t.b).x end))
print(pcall(function () local k = "key"; return t[k].x end))
print(pcall(function () up.x = 1 end))
print(pcall(function () local s = 1; s.x = 2 end))
print(pcall(function () return ("x").y.z end))
print(pcall(function () return (1).y end))
print(pcall(function () t.m.n.o = 1 end))
print(pcall(function () return t[nil].x end))
print(pcall(function () local k = {}; return t[k].x end))
print(pcall(function () return _ENV.nothing.x end))
