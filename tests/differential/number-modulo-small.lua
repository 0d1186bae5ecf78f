-- lua: all
-- The remainder of floats next to the smallest ones.
local t = {5e-324, -5e-324, 1e-200, -1e-200, 3e-308, -3e-308, 1e300, -1e300, 2.5, -2.5, 1e-310,-1e-310,0.0,-0.0,1/0,-1/0}
for _, a in ipairs(t) do for _, b in ipairs(t) do print(a, b, a % b) end end
print(-1e-200 % 1e-200, -3e-200 % 2e-200, 3e-200 % -2e-200, -5e-324 % 5e-300)
print(5e-324 % -1e-200, -1e-200 % 3e-308, 2.0 % -3, -5e-324 % 2, math.fmod(-1e-200, 3e-308))
