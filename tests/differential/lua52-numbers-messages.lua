-- lua: 5.2
-- Messages of arithmetic.
local function try(f) print(select(2, pcall(f))) end
local up = {}
try(function() return up + 1 end) try(function() return 1 + nil end) try(function() local s = "x" return s + 1 end)
try(function() return {} .. "x" end) try(function() return -{} end) try(function() return #5 end)
try(function() return 2 ^ {} end) try(function() return up.x.y end) try(function() return ("x")() end)
try(function() return up < 1 end) try(function() return {} < {} end) try(function() return "a" < 1 end)
try(function() return math.floor({}) end) try(function() return ("x"):bad() end) try(function() up.x.y = 1 end)
try(function() for i = 1, 10, 0 do end end) try(function() for i = "a", 1 do end end) try(function() for i = 1, {} do end end) try(function() for i = 1, 2, "x" do end end)
