-- Strings that no address space holds.
print(pcall(string.rep, "x", math.maxinteger))
print(pcall(string.rep, "abc", 1 << 62))
print(pcall(string.rep, "", math.maxinteger))
print(pcall(string.rep, "x", 1 << 40, ("y"):rep(1 << 25)))
