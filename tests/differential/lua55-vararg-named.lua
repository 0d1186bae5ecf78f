-- lua: 5.5
-- Named vararg tables.
local function f(...t) return t.n, t[1], t[3], #t end print(f(1, 2, 3)) print(f()) print(f(nil, nil))
local function g(a, ...rest) rest[1] = "changed" return a, rest.n, ..., rest[1] end print(g(0, "x", "y"))
local function h(...v) v.n = 1 return ... end print(h(1, 2, 3)) local function h2(...v) v.n = 5 v[4] = "four" return ... end print(h2(1, 2)) print(pcall(function(...v) v.n = -1 return ... end, 1)) print(pcall(function(...v) v.n = "x" return ... end, 1)) print(pcall(function(...v) v.n = 1e9 return ... end, 1))
local function k(...v) return select("#", ...), v end local n, t = k(1, nil) print(n, t.n, type(t)) local function l(...v) return function() return v[1], v.n end end print(l(7, 8)())
local function try(s) print(select(2, load(s, "=s"))) end try("function f(...t) t = 1 end") try("function f(...5) end") try("function f(..., a) end") try("function f(...t, a) end") try("function f(...t) local t = 1 t = 2 end") try("local f = function(...args) return args end return f(1).n")
local function m(...v) local s = 0 for i = 1, v.n do s = s + v[i] end return s end print(m(1, 2, 3)) print((function(...v) return v.x, v["n"], v[1.0], v[-1], v[100] end)(5)) print(pcall(function(...v) return v.n.x end)) print(pcall(function(...v) return v() end))
