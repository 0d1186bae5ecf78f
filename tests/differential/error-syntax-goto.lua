-- lua: 5.2-5.5
-- goto and labels.
local function try(s) print((select(2, load(s, "=c")))) end
try "goto nowhere"
try "do ::inner:: end goto inner"
try "::twice:: ::twice::"
try "::twice::\nlocal x\n::twice::"
try "do goto past; local x; ::past:: print(x) end"
try "goto past; local x = 1; ::past:: x = 2"
try "break"
try "if x then break end"
try "for i = 1, 2 do local function f() break end end"
try "repeat goto cont; local x; ::cont:: until x"
try "goto 1"
try "goto"
try "::"
try "::x"
try "::x:"
try "function f() goto out end ::out::"
print(load("do goto past; local x; ::past:: end"))
print(load("goto = 1"))
