-- lua: all
-- %b and %f.
print(("f(a(b)c)d"):match("%b()"), ("((x)"):match("%b()"), ("x"):match("%b()"), ("[[y]]"):match("%b[]"), ("aXbXc"):match("%bXX"), ("'a''b'"):match("%b''"))
print(("THE (quick) fox"):find("%((%a+)%)"), ("THE (quick) fox"):find("%f[%a]%a+"), ("THE (quick) fox"):gsub("%f[%a]%a+",
  string.lower), ("hello"):match("%f[%z].*") == "", ("x y"):gsub("%f[%w]", "|"), ("x y"):gsub("%f[%W]", "|"))
print(pcall(string.match, "a", "%b"))
print(pcall(string.match, "a", "%b("))
print(pcall(string.match, "a", "%f"))
print(pcall(string.match, "a", "%fa"))
print(pcall(string.match, "a", "%f[a"))
