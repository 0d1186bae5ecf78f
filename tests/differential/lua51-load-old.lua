-- lua: 5.1
-- load takes functions, loadstring strings.
local parts = { "return ", "1 + ", "2" }
local i = 0
print(load(function() i = i + 1 return parts[i] end)())
print(pcall(load, "return 1"))
print(loadstring("return 1, 2")())
print(loadstring("x ="))
print(loadstring("x =", "@file.lua"))
print(loadstring("x =", "=name"))
print(loadstring("x =", "some text\nmore"))
print(load(function() return {} end))
print(load(function() error("reader") end))
print(pcall(loadstring))
print(pcall(loadstring, nil))
print(loadstring("return ...")(7, 8))
print(loadfile("no-such-file"))
print(pcall(dofile, "no-such-file"))
