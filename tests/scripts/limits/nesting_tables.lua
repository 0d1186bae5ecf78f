print(type(load("return " .. ("{"):rep(180) .. ("}"):rep(180))())) -- expect: table
print(select(-1, pcall(load, "return " .. ("{"):rep(220) .. ("}"):rep(220), "=c"))) -- expect: C stack overflow
