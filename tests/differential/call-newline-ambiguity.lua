-- lua: 5.2-5.5
-- A parenthesis on a new line continues the expression.
local n = 0
local function f(x) n = n + 1; return f end
local a = f
(1)
print(a ~= nil, n)
local g = function (x) return x end
;(print)("semicolon")
local s = ("x")
:rep(3)
print(s)
print(load("f = nil\n(print)('x')"))
