-- lua: 5.3-5.4
-- select and varargs.
local function f(...) local a, b = ... return select("#", ...), a, b, ... end
print(f())
print(f(1))
print(f(1, 2, 3))
print(f(nil, nil))
print((f(1, 2)))
print(select(-1, 1, 2, 3))
print(select(-2, 1, 2, 3))
print(select(2, "a", "b", "c"))
print(select("#"))
print(select("#", nil))
print(pcall(select, -4, 1, 2, 3))
print(select(4, 1, 2, 3))
local function g(a, ...) return a, select("#", ...), ... end
print(g())
print(g(1))
print(g(1, nil))
local t = { f(1), f(2) }
print(#t)
print(#{ ... }, ... == nil)
local function h(...) return function () return 1 end, ... end
print(select("#", h(1, 2)))
print(table.pack(f(1, 2)).n)
print(f(f(1)))
print((...))
local function v(...) local t = { n = select("#", ...), ... } return t.n, #t end
print(v(1, 2, 3))
print(string.format("%s %s", f()))
