-- lua: 5.3
-- Comparison metamethods.
local eq = 0 local mt = { __eq = function(a, b) eq = eq + 1 return 1 end, __lt = function() return nil end }
local a, b = setmetatable({}, mt), setmetatable({}, {})
print(a == b, b == a, a ~= b, a == 1, rawequal(a, b), eq) print(a < b, b < a, a <= b, a >= b, 1 < a)
print(pcall(function() return b < b end)) print(pcall(function() return b <= 1 end)) print(pcall(function() return {} < "x" end))
local named = setmetatable({}, { __name = "My.Type" }) print((tostring(named):gsub("0x%x+", "PTR"))) print(pcall(function() return named < named end)) print(pcall(function() return named + 1 end)) print(pcall(string.rep, named)) print(pcall(function() return #setmetatable({}, { __len = error }) end)) print(pcall(ipairs, nil), pcall(setmetatable, named, 5))
print(pcall(setmetatable, setmetatable({}, { __metatable = "locked" }), {})) print(getmetatable(setmetatable({}, { __metatable = "locked" })), getmetatable("").__index == string)
