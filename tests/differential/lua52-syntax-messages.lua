-- lua: 5.2
-- Messages of the compiler.
local function try(s) print(select(2, load(s, "=s"))) end
try("x = ") try("x") try("f(") try("x = 'abc") try("x = [[abc") try("--[[") try("x = '\\xZZ'") try("x = '\\300'") try("x = '\\q'")
try("for i = 1 do end") try("if x") try("function f( end") try("return return") try("x = 1 // 2") try("x = 1 & 2") try("x = ~ 1")
try("local x <const> = 1") try("x = }") try("x = 0x") try("x = 3x") try("x = 1..2") try("a.b:c = 1") try("f() = 1") try("(f) = 1 (g)")
try(";;;x") try("local function f(a, ..., b) end") try("x = function(a a) end") try("return ...") try("function f() return ... end") try("\27Lua")
