-- lua: all
-- Clearing fields during a traversal is allowed.
local t = {} for i = 1, 50 do t["k" .. i] = i end
local sum, n = 0, 0 for k, v in pairs(t) do sum = sum + v n = n + 1 t[k] = nil end print(n, sum, next(t))
t = { 1, 2, 3, x = 1, y = 2 } for k in pairs(t) do t[k] = nil collectgarbage "step" end print(next(t))
