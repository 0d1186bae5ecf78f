-- A concatenation needs a register per operand.
print(#load("return " .. ("'a' .. "):rep(150) .. "'a'")()) -- expect: 151
print(select(-1, pcall(load, "return " .. ("'a' .. "):rep(300) .. "'a'", "=c"))) -- expect: C stack overflow
