print(load("return " .. ("not "):rep(181) .. "nil")())
print(select(-1, pcall(load, "return " .. ("-"):rep(1) .. (" - "):rep(250) .. "1", "=c")))
