-- lua: 5.2-5.5
-- load of strings and of reader functions.
print(load("return 1 + 1")(), load("syntax error here"), load("return ...")(5))
local parts = { "return ", "1", " + ", "41" }
local i = 0
print(load(function () i = i + 1 return parts[i] end)())
print(load(function () return nil end), pcall(load(function () return "" end)))
print(load(function () error("reader failed", 0) end))
print(load(function () return {} end))
print(load("x = ", "=(name)"))
print(load("return _ENV.x", "c", "t", { x = "env" })())
print(load("local a <close> = 1", "=c"), pcall(load("error('run')", "=c")))
print(pcall(load), pcall(load, "return 1", 5, "t", nil))
print(load("#!shebang\nreturn 1"))
print(load("\xef\xbb\xbfreturn 1"))
print(load("return 'a\0b'")() == "a\0b", load("\0"), load(""))
print(select("#", load("return")()), select("#", load("")()))
