-- lua: 5.3
-- Messages of the compiler.
local function try(s) print(select(2, load(s, "=s"))) end
try("x = ") try("x") try("f(") try("x = 'abc") try("x = [[abc") try("--[[") try("x = '\\xZZ'") try("x = '\\300'") try("x = '\\q'") try("x = [=x")
try("for i = 1 do end") try("if x") try("function f( end") try("return return") try("local x <const> = 1") try("x = }") try("x = 0x") try("x = 3x") try("x = 1..2") try("a.b:c = 1") try("f() = 1")
try("goto l") try("::l:: ::l::") try("break") try("goto l; local a ::l:: print(a)") try("return ...") try("function f() return ... end") try("x = 1e") try("x = ~") try("x = 1 // ") try("for a, b do end") try("local function a.b() end") try("x = {1, 2") try("if x then\n\n\nelse") try("global x = 1") try("x = @") try("x = $") try("x = \1")
