-- lua: all
-- find in plain mode and with init positions.
print(("hello world"):find("wor"), ("hello"):find("l"), ("hello"):find("xyz"), ("hello"):find(""), ("hello"):find("",
  3), ("hello"):find("", 6), ("hello"):find("", 7))
print(("a.b"):find(".", 1, true), ("a+b"):find("+", 1, true), ("a%b"):find("%", 1,
  true), ("a.b"):find("."), ("abc"):find("b", -1), ("abc"):find("b", -2))
print(("abc"):find("c", 10), ("abc"):find("a", -10), (""):find(""), (""):find("", 1), (""):find("",
  2), ("a\0b"):find("\0"), ("a\0b"):find("b", 1, true))
print(("hello"):find("l", nil, true), ("x"):find("x", 1.0), pcall(string.find, "x", "x", 1.5))
print(("aXb"):find("%u"), ("abc"):find("b()"), ("abc"):find("(b)(c)"))
