-- lua: 5.1
-- Neither __pairs nor __ipairs is known.
local t = setmetatable({ 1, 2 }, { __pairs = function() error("asked") end, __ipairs = function() error("asked") end })
for k, v in pairs(t) do io.write(k, "=", v, " ") end print()
for i, v in ipairs(t) do io.write(i, "=", v, " ") end print()
local p = setmetatable({}, { __index = function(_, i) if i < 4 then return i end end })
for i in ipairs(p) do io.write(i, " ") end print("raw")
print(rawlen, rawequal({}, {}), rawget(t, 1))
