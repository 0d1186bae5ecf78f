-- A concatenation needs a register per operand.
print(#load("return " .. ("'a' .. "):rep(200) .. "'a'")())
print(select(-1, pcall(load, "return " .. ("'a' .. "):rep(300) .. "'a'", "=c")))
