-- lua: 5.3
-- Index chains and calls.
local deep = { found = 1 } for i = 1, 100 do deep = setmetatable({}, { __index = deep }) end print(deep.found)
local loop = {} setmetatable(loop, { __index = loop, __newindex = loop }) print(pcall(function() return loop.x end)) print(pcall(function() loop.x = 1 end))
local c = setmetatable({}, { __call = function(self, ...) return select("#", ...), ... end }) print(c(1, nil), pcall(c, 2), (c()))
local cc = setmetatable({}, { __call = c }) print(pcall(cc, 1)) print(pcall(function() local t = {} t[nil] = 1 end)) print(pcall(function() local t = {} t[0/0] = 1 end)) print(pcall(rawset, {}, nil, 1)) print(pcall(next, {}, "no"))
print(setmetatable({}, { __concat = function(a, b) return "cat" end }) .. 1, 1 .. setmetatable({}, { __concat = function() return "cat2" end }), pcall(function() return {} .. "x" end))
print(pcall(function() return 1 .. nil end)) print(pcall(function() local t = {} return t.x.y end)) print(pcall(function() return undefinedglobal.x end)) print(pcall(function() local s = "x" return s:nope() end))
