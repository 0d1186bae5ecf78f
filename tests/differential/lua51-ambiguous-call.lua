-- lua: 5.1-5.2
-- A parenthesis on a new line is no call.
print(loadstring("local f = print\n(f)('x')", "=s"))
print(loadstring("print\n('x')", "=s"))
print(loadstring("print(\n'x')", "=s") ~= nil)
print(loadstring("print\n'x'", "=s") ~= nil)
print(loadstring("print\n{}", "=s") ~= nil)
print(loadstring("a.b\n(c)", "=s"))
