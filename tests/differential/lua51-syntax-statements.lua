-- lua: 5.1
-- Statements that 5.1 refuses, and its messages.
local function try(s) print(select(2, loadstring(s, "=s"))) end
try("break") try("do break print() end") try("while true do break x = 1 end")
try(";") try("x = 1;;") try("goto x") try("::x::") try("return 1 x = 2")
try("f\n(1)") try("x = f\n(1)") try("local x = ") try("x") try("x.y") try("f() = 1")
try("for i = 1 do end") try("for i, j = 1, 2 do end") try("if x then") try("until x")
try("local function 5() end") try("function f.x:y.z() end") try("a.b:c = 1") try("return return")
try("local x <const> = 1") try("x = 1 // 2") try("x = 1 & 2") try("x = ~1") try("x = 0x")
