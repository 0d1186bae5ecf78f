-- lua: all
-- Chains, loops and misses of __index.
local log = {}
local t = setmetatable({}, { __index = function (_, k) log[#log + 1] = tostring(k) return nil end })
local _ = t.x, t[1], t[1.5], t[true], rawget(t, "raw")
print(table.concat(log, " "))
print(rawget(setmetatable({}, { __index = { x = 1 } }), "x"), pcall(function () return setmetatable({}, {
  __index = 5 }).x end))
local s = setmetatable({}, { __index = "string has methods" })
print(s.len, s.nothing)
local c = setmetatable({}, {})
getmetatable(c).__index = c
print(pcall(function () return c.x end))
local n = {}
for i = 1, 50 do n = setmetatable({}, { __index = n }) end
print(n.x)
print(pcall(function () local a = {} for i = 1, 3000 do a = setmetatable({}, { __index = a }) end return a.x end))
