print(load("return " .. ("not "):rep(181) .. "nil")()) -- expect: true
print(select(-1, pcall(load, "return " .. ("-"):rep(1) .. (" - "):rep(250) .. "1", "=c"))) -- expect: C stack overflow
