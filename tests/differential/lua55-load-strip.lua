-- lua: 5.5
-- string.dump, load, modes.
print(load("return 1", "=c", "b")) print(load(string.dump(function() return 7 end), "=c", "t")) print(load(string.dump(function() return 7 end), "=c", "b")()) print(pcall(load, 5)) print(load(function() return nil end)) print(load(function() return {} end)) print(load("x =", "@file")) print(load("x =", "long source\nline")) print(load("\27Lua")) print(pcall(load, "return 1", "=c", "q")) print(load("return ...", "=c")(1, 2)) print(loadfile("no-such-file")) print(pcall(dofile, "no-such-file")) print(load("return _ENV.v", "c", "t", { v = 3 })())
