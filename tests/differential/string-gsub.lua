-- lua: all
-- gsub with strings, tables, functions, and limits.
print(("hello world"):gsub("o", "0"), ("hello"):gsub("l", "L", 1), ("hello"):gsub("l", "L",
  0), ("hello"):gsub("", "-"), ("abc"):gsub(".", "%0%0"), ("abc"):gsub("(.)(.)", "%2%1"))
print(("hello"):gsub("x", "y"), ("a b"):gsub("%w", "%%"), ("abc"):gsub("b", "%1"), (""):gsub("",
  "x"), (""):gsub(".", "x"), ("abc"):gsub("$", "!"), ("abc"):gsub("^", "!"))
print(("$name is $age"):gsub("%$(%w+)", { name = "Bob", age = 42 }), ("$x $y"):gsub("%$(%w+)", { x = false,
  y = "why" }), ("abc"):gsub("%w", { a = 1, b = 2.5 }))
print(("abc"):gsub("%w", function (c) return c:upper() end), ("abc"):gsub("%w", function ()
  end), ("abc"):gsub("(a)(b)", function (a, b) return b .. a end), ("abc"):gsub("()", function (p)
  return p end))
print(("abc"):gsub("b", false and "" or "x", -1), ("aaa"):gsub("a", "b", 2), ("aaa"):gsub("a*",
  "x"), ("abc"):gsub("b*", "-"), ("hello world"):gsub("%s*", ""))
print(pcall(string.gsub, "abc", "b", "%2"))
print(pcall(string.gsub, "abc", "b", "%x"))
print(pcall(string.gsub, "abc", "b", "%"))
print(pcall(string.gsub, "abc", "b", true))
print(pcall(string.gsub, "abc", "b"))
print(pcall(string.gsub, "abc", "b", function () return {} end))
print(pcall(string.gsub, "abc", "b", { b = {} }))
print(pcall(string.gsub, "abc", "b", { b = true }))
print(("abc def"):gsub("%w+", "<%0>", 1), ("abc"):gsub("^a", "x"), ("aaa"):gsub("^a", "x"), (("x"):gsub("x", "%%1")))
