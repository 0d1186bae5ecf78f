-- Targets of one assignment nest too.
print(load(("a, "):rep(150) .. "a = 1") ~= nil)
print(select(-1, pcall(load, ("a, "):rep(250) .. "a = 1", "=c")))
