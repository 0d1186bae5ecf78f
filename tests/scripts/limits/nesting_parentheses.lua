-- Expressions nest up to the limit of C levels.
print(load("return " .. ("("):rep(180) .. "1" .. (")"):rep(180))()) -- expect: 1
print(select(-1, pcall(load, "return " .. ("("):rep(220) .. "1" .. (")"):rep(220), "=c"))) -- expect: C stack overflow
