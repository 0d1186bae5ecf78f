-- Right-associative operators nest too.
print(load("return " .. ("2^"):rep(150) .. "1") ~= nil) -- expect: true
print(select(-1, pcall(load, "return " .. ("2^"):rep(250) .. "1", "=c"))) -- expect: C stack overflow
