-- lua: 5.4-5.5
-- A call in a return is no tail call while a variable waits; constants.
local log = {}
local function new(n) return setmetatable({}, { __close = function () log[#log + 1] = n end }) end
local function f() local x <close> = new "x" return (function () log[#log + 1] = "called" return "v" end)() end
print(f(), table.concat(log, " "))
local c <const> = 5
print(c, (function () return c + 1 end)())
local t <const> = { 1 }
t[1] = 2
print(t[1])
local a <const>, b = 1, 2
b = 3
print(a, b)
local s <const> = "str"
print(s .. s, #s)
local fl <const> = -1.5
print(fl, -fl)
local n <const> = nil
print(n)
