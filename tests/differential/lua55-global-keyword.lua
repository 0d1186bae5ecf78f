-- lua: 5.5
-- global is a word for other things too.
local global = 5 print(global) global = 6 print(global)
local t = { global = 1 } print(t.global) t.global = 2 print(t.global) function t:global2() end
print(load("global = 1 return global", "=s")()) print(load("global(1)", "=s")) print(load("global.x = 1", "=s") ~= nil) print(load("local function global() return 'f' end return global()", "=s")()) print(load("goto global ::global:: return 'label'", "=s")) print(load("return function(global) return global end", "=s")()(9)) print(load("global 'text'", "=s")) print(load("global{}", "=s")) print(load("global\nx", "=s"))
