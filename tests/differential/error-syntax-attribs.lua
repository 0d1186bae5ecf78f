-- lua: 5.2-5.5
-- Attributes of locals.
local function try(s) print((select(2, load(s, "=c")))) end
try "local x <const> = 1; x = 2"
try "local x <close> = nil; x = 2"
try "local x <other> = 1"
try "local x <close>, y <close> = nil"
try "local x <const"
try "local x <1> = 1"
try "local x <const> = 1; function f() x = 2 end"
try "local x <const> = 1; function x() end"
try "local x <const> = 1; local function f() return function () x = 1 end end"
try "for i = 1, 2 do local c <const> = i; c = 1 end"
print(load("local x <const>, y <close>, z = 1"))
