print(type(load("return " .. ("{"):rep(180) .. ("}"):rep(180))()))
print(select(-1, pcall(load, "return " .. ("{"):rep(220) .. ("}"):rep(220), "=c")))
