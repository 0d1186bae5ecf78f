-- lua: 5.4-5.5
-- Upvalues by number, their identity, and joining them.
local a, b = 1, 2
local function f() return a, b, print end
local function g() return b end
print(debug.getupvalue(f, 1), debug.getupvalue(f, 2), debug.getupvalue(f, 3) == "_ENV", debug.getupvalue(f, 4))
print(debug.setupvalue(f, 1, 10), a, debug.setupvalue(f, 9, 1))
print(debug.upvalueid(f, 2) == debug.upvalueid(g, 1), debug.upvalueid(f, 1) == debug.upvalueid(g, 1),
  pcall(debug.upvalueid, f, 10))
debug.upvaluejoin(g, 1, f, 1)
print(g())
print(pcall(debug.upvaluejoin, g, 5, f, 1))
print(pcall(debug.upvaluejoin, print, 1, f, 1))
print(debug.getupvalue(print, 1), debug.getupvalue(string.gmatch("x", "x"), 1))
print(pcall(debug.getupvalue, 1, 1))
print(pcall(debug.setupvalue, f))
print(debug.getupvalue(load("return x"), 1))
print(type(debug.upvalueid(f, 1)), debug.upvalueid(print, 1))
print(debug.setupvalue(load("return x"), 1, { x = 1 }))
