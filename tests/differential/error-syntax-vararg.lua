-- lua: 5.2-5.5
-- Varargs outside vararg functions.
local function try(s) print((select(2, load(s, "=c")))) end
try "function f() return ... end"
try "function f(a) local x = {...} end"
try "return function () return ... end"
print(load("return ...", "=c")(1, 2))
try "x = ....."
try "f(... = 1)"
try "function f(a ...) end"
