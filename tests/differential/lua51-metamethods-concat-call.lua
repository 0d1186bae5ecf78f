-- lua: 5.1
-- __concat, __call, __unm, __index chains.
local t = setmetatable({}, { __concat = function(a, b) return type(a) .. type(b) end, __call = function(self, ...) return select("#", ...) end, __unm = function() return "unm" end })
print(t .. 1, 1 .. t, "a" .. t, t .. t, "x" .. "y" .. t)
print(t(1, 2, nil), -t, pcall(t))
local deep = {}
for i = 1, 5 do deep = setmetatable({}, { __index = deep }) end
print(deep.x)
local loop = {} setmetatable(loop, { __index = loop })
print(pcall(function() return loop.x end))
setmetatable(loop, { __newindex = loop })
print(pcall(function() loop.x = 1 end))
