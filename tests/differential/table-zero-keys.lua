-- lua: all
-- Zeros as keys.
local t = setmetatable({}, {__index = function(t, k) return tostring(k) end, __newindex = function(t, k, v) print(k, v) end})
print(t[-0.0], t[0.0], t[-0]) local z = -0.0 print(t[z])
t[-0.0] = 1 t[0.0] = 2 t[z] = 3 t[-0] = 4
local u = {[-0.0] = 1} for k, v in pairs(u) do print(k == 0, v) end print(u[0], rawget(u, -0.0), u[z], u[0.0])
local w = {} w[z] = 5 w[0] = 6 for k, v in pairs(w) do print(k == 0, v) end
