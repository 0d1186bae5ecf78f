-- lua: 5.1
-- Functions with ... have a table arg unless they use ... themselves.
local function f(...) return arg.n, arg[1], arg[2] end
print(f(10, nil, 30))
local function g(...) local a = ... return arg == nil and a end
print(type(g(1)))
local function h(a, ...) return #arg, arg.n, a end
print(h(1), h(1, 2), h(1, nil, nil))
print(select("#", ...), type(arg))
print(select(2, "a", "b", "c"), select(-1, "a", "b"))
print(pcall(select, 0), pcall(select, -5, 1))
print((function(...) return ... end)(1, 2, 3))
