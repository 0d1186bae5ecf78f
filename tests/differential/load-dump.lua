-- lua: 5.2-5.4
-- A dumped function comes back with the same behaviour.
local up = 5
local function f(a, ...) local t = { ... } for i = 1, #t do a = a + t[i] end return a, select("#", ...),
  "const", 1.5, -3, nil, true end
local g = load(string.dump(f))
print(g(1, 2, 3))
local function counter() up = (up or 0) + 1 return up end
local c = load(string.dump(counter))
print(pcall(c))
debug.setupvalue(c, 1, 10)
print(c(), c(), up)
print(load(string.dump(load("x = 1; return function (...) return x, ... end"), true))()(2))
print(pcall(string.dump, print))
print(pcall(string.dump))
print(pcall(string.dump, "x"))
local nested = load(string.dump(function () local function inner(n) return n == 0 and "deep" or inner(n - 1)
  end return inner(10) end))
print(nested())
print(pcall(load(string.dump(function () error("with line") end))))
print(pcall(load(string.dump(function () local t = nil; t.x = 1 end, true))))
print(pcall(load(string.dump(function () error("stripped") end, true))))
local s = load(string.dump(load("return 'long ' .. ('s'):rep(100), [[" .. ("y"):rep(300) .. "]], 0x7fffffffffffffff, 1e308, -0.0")))
print(s())
goto e
::e::
print(debug.getinfo(load(string.dump(f, true)), "S").short_src, debug.getinfo(load(string.dump(f)), "S").linedefined)
