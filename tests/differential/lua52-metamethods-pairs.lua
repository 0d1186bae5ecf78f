-- lua: 5.2
-- __pairs and __ipairs.
local t = setmetatable({ 1, 2 }, { __pairs = function(t) return function(_, k) if not k then return 1, "one" end end, t, nil end, __ipairs = function(t) return function(_, i) if i < 2 then return i + 1, "i" end end, t, 0 end })
for k, v in pairs(t) do print(k, v) end
for k, v in ipairs(t) do print(k, v) end
print(pairs(setmetatable({}, { __pairs = function() return 1, 2, 3, 4 end })))
print(ipairs(setmetatable({}, { __ipairs = function() return 1, 2, 3, 4 end })))
print(pcall(pairs, setmetatable({}, { __pairs = 5 })))
print(pcall(ipairs, nil))
