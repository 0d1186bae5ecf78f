-- lua: all
-- Messages name locals, upvalues, globals, fields and methods.
local function try(f) print(select(2, pcall(f))) end
local up
try(function() local x x() end) try(function() up() end) try(function() nothing() end)
try(function() local t = {} t.x() end) try(function() local t = {} t:x() end)
try(function() local x x.y = 1 end) try(function() up.y = 1 end) try(function() return nothing.y end)
try(function() local t = {} return t.x.y end) try(function() return up + 1 end)
try(function() local s = "a" return s.x.y end) try(function() return #up end)
try(function() return (1)() end) try(function() ("x")() end) try(function() return nil .. "x" end)
try(function() for i = 1, "x" do end end) try(function() for i = "a", 2 do end end) try(function() for i = 1, 2, {} do end end)
try(function() for x in 5 do end end) try(function() local a = {} a[nil] = 1 end) try(function() local a = {} a[0 / 0] = 1 end)
