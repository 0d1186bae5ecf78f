-- lua: 5.2
-- string.rep with a separator, %g, escapes, zeros in patterns.
print(string.rep("a", 3, "-"), string.rep("a", 1, "-"), string.rep("", 3, "x"), string.rep("a", 0, "-"))
print(("x\0y"):find("\0"), ("x\0y"):match("[^\0]+"), ("a b\tc"):gsub("%g", "."), ("%z"):len(), ("\0"):find("%z"))
print("\x41\x7a", "a\z
       b", #"\z  ", "\065")
print(pcall(string.rep, "x", 1e10) or "too large")
print(string.format("%q", "a\0b\n\r\"\\"), string.format("%q", 1 / 3))
print(string.format("%s %10s", setmetatable({}, { __tostring = function() return "obj" end }), true))
print(pcall(string.format, "%s", setmetatable({}, { __tostring = function() return 5 end })))
print(string.format("%d", 3.0), pcall(string.format, "%d", 3.5), pcall(string.format, "%x", -1), pcall(string.format, "%d", "3.5"))
print(string.format("%a", 1), string.format("%5.1f|%-8g|%+e", 3.14159, 2, 12345.678))
