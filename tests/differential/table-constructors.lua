-- lua: 5.2-5.5
-- Constructors of every form.
local function f(...) return ... end
local t = { 1, 2, f(3, 4, 5) }
print(#t)
t = { f(1, 2), 3 }
print(#t, t[2])
t = { (f(1, 2)) }
print(#t)
t = { f() }
print(#t)
t = { f(), 1 }
print(t[1], t[2])
t = { x = 1, ["y z"] = 2, [3] = 3, 4; 5, [2.0] = "two" }
print(t.x, t["y z"], t[3], t[1], t[2])
t = { [1] = "explicit", "positional" }
print(t[1])
t = { "positional", [1] = "explicit" }
print(t[1])
t = { 1, 2, 3, }
print(#t)
t = { [1] = 1; 2, }
print(t[1])
print(load("return { ; }"))
print(load("return { , }"))
print(load("return { 1,, 2 }"))
