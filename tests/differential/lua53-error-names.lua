-- lua: 5.3
-- Names in messages: what 5.3 calls things.
local function try(f) print(select(2, pcall(f))) end
local up
try(function() local x x() end) try(function() up() end) try(function() nothing() end) try(function() local t = {} t.x() end) try(function() local t = {} t:x() end) try(function() up.y = 1 end) try(function() return nothing.y end)
try(function() return up + 1 end) try(function() return 1 + up end) try(function() return "a" + 1 end) try(function() return #up end) try(function() return -up end) try(function() return up .. "x" end) try(function() return 1 < up end) try(function() return up[1][2] end)
try(function() return (1)() end) try(function() ("x")() end) try(function() local t = { 1 } return t[1][2][3] end) try(function() return ("x").y.z end) try(function() return math.nope() end) try(function() return string.rep() end) try(function() for x in 5 do end end) try(function() for x in nil do end end)
try(function() return 2^53 | 1.5 end) try(function() local a = 1.5 return a | 1 end) try(function() local t = { f = 0.5 } return 1 << t.f end) try(function() return 1 < "x" end) try(function() return {} .. {} end) try(function() error() end) try(function() error(nil) end) try(function() error("lvl2", 2) end) try(function() error("lvl0", 0) end) try(function() error({}) end)
