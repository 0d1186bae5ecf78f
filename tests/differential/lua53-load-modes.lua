-- lua: 5.3
-- load, string.dump, modes.
print(load("return 1", "=c", "b")) print(load(string.dump(function() return 7 end), "=c", "t")) print(load(string.dump(function() return 7 end), "=c", "b")()) print(pcall(load, 5)) print(load(function() return nil end)) print(load(function() return {} end)) print(load("x =", "@file")) print(load("x =", "long source\nline")) print(load("\27Lua"))
print(load("return _ENV.v", "c", "t", { v = 3 })(), load("v = 4 return _ENV", "c", "t", {})().v, pcall(load("return v.w", "=c", "t", {})))
local up = 5 local f = load(string.dump(function() return up end)) print(pcall(f)) debug.setupvalue(f, 1, 9) print(f()) print(#string.dump(function() local longname = 1 return longname end, true) < #string.dump(function() local longname = 1 return longname end)) print(pcall(string.dump, print))
