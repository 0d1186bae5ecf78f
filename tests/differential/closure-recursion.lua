-- lua: 5.4-5.5
-- Recursion through locals, and proper tail calls.
local function fact(n) return n <= 1 and 1 or n * fact(n - 1) end
print(fact(20), fact(21), fact(25.0))
local function even(n) end
local odd
function even(n) if n == 0 then return true end return odd(n - 1) end
function odd(n) if n == 0 then return false end return even(n - 1) end
print(even(10001), odd(10001))
local f = function (n) return n == 0 and "nil f" or type(f) end
print(f(1))
local function loop(n) if n > 0 then return loop(n - 1) end return "tail" end
print(loop(1000000))
print((function (...) return select("#", ...) end)(nil, nil))
print((function () return 1, 2 end)())
local t = { f = function (self, n) return n == 0 and self or self:f(n - 1) end }
print(t:f(100000) == t)
print(pcall(function () local x <const> = function () return x end return x() end))
