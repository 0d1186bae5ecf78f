-- Memory that runs out with nobody to catch it.
local t = {}
for i = 1, math.huge do t[i] = ("x"):rep(10000) .. i end
