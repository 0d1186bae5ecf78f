-- Too many arguments for the registers of a function.
print(type(load("f(" .. ("x, "):rep(200) .. "x)"))) -- expect: function
print(load("f(" .. ("x, "):rep(300) .. "x)", "=c"))
-- expect: nil	c:1: function or expression needs too many registers near 'x'
