-- Strings that no address space holds.
print(pcall(string.rep, "x", math.maxinteger)) -- expect: false	resulting string too large
print(pcall(string.rep, "abc", 1 << 62)) -- expect: false	resulting string too large
print(pcall(string.rep, "x", 1 << 40, ("y"):rep(1 << 25))) -- expect: false	resulting string too large
