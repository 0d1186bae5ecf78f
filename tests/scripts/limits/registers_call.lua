-- Too many arguments for the registers of a function.
print(type(load("f(" .. ("x, "):rep(200) .. "x)")))
print(load("f(" .. ("x, "):rep(300) .. "x)", "=c"))
