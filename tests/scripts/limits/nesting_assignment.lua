-- Targets of one assignment nest too.
print(load(("a, "):rep(150) .. "a = 1") ~= nil) -- expect: true
print(select(-1, pcall(load, ("a, "):rep(250) .. "a = 1", "=c"))) -- expect: C stack overflow
