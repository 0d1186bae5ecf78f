-- lua: all
-- The sign of zeros that are subtracted.
local function show(...) local r = {} for i = 1, select('#', ...) do local v = select(i, ...) r[i] = v == 0 and (1 / v > 0 and "+0" or "-0") or tostring(v) end print(table.concat(r, " ")) end
local z, i, s, n = -0.0, 0, "-0.0", 5.5
show(z - 0, z + 0, z - 0.0, z + 0.0, 0 - z, 0.0 - z, z * 1, z - -0, i - 0, n - 0, n - 3, z - 3)
show(s - 0, s + 0, s - 0.0, "0" - 0, -0.0 - 0, -0.0 + 0, (-0.0) - (0), z - (1 - 1), z - i)
for k = -0.0, 0 do show(k - 0, k + 0) end
local t = setmetatable({}, {__sub = function(a, b) return b end, __add = function(a, b) return -1 end}) show(t - 0, t - 1, t + 0)
print(pcall(function() local q return q - 0 end)) print(pcall(function() local q = {} return q.x - 0 end))
