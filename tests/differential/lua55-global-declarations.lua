-- lua: 5.5
-- global makes names known, and leaves others unknown.
global print, pcall, load, select, tostring
print(load("global x = 5 return x") and x)
local function try(s) print(select(2, load(s, "=s"))) end
try("global x; y = 1") try("global x; return y") try("global x; x = 1; return x.y") try("global <const> x; x = 1") try("global x <const>; x = 1") try("global x <close>") try("global x <foo>") try("global *; y = 1") try("global <const> *; y = 1") try("global <const> *; return y") try("global x, x") try("global x global x") try("global none; local function f() return other end") try("global") try("global 5") try("global x.y") try("global function") try("global function f.g() end") try("global x = ") try("global * = 5") try("do global x end y = 1") try("do global * end y = 1") try("local x; global y; x = 1; z = 2")
