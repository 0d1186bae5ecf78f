-- lua: 5.1 5.2 5.3 5.4 5.5
-- Each source is compiled and, if that works, called.
local load = loadstring or load
local function try(source)
  local f, message = load(source, "=s")
  if not f then
    print(source, message)
    return
  end
  local results = {pcall(f)}
  for i = 1, #results do
    results[i] = tostring(results[i]):gsub("0x%x+", "ADDRESS")
  end
  print(source, table.concat(results, " "))
end

for _, source in ipairs{
  "global x, y = 1, 2; return x, y",
  "global <const> *; x = 1",
  "global <const> print; print = 1",
  "global x <const> = 5; return x",
  "global x <close>",
  "global x <foo>",
  "global function f() return 7 end return f()",
  "global function f() end global function f() end",
  "global *; z = 3 return z",
  "global none; local function g() return zz end",
  "do global a; end b = 1 return b",
  "global a; do global * end b = 1",
  "global print; do global *; b = 1 end print(b)",
  "local x; global x; x = 12 return x, _ENV.x",
  "global _ENV; x = 1",
  "global x; local _ENV = {x = 3}; return x",
  "global a, b, c = (function() return 1, 2, 3 end)() return a, b, c",
  "global a = 1, 2 return a",
  "goto l; global x; ::l:: return 1",
  "goto l; global *; ::l:: return 1",
  "do goto l; global x; ::l:: end return 1",
  "global<const> x = 1; x = 2",
  "return global",
  "global = {f = function() return 'ff' end} return global.f()",
  "global{1}",
  "global 'x'",
  "global()",
  "global.x = 1",
  "global a b",
  "global function f.x() end",
  "global function",
  "local global = 1; global x",
  "global x; return function() y = 1 end",
  "global x; return function() return x end",
  "global x; function x() end return x",
  "global <const> x; function x() end",
  "global *, x",
  "global x, *",
} do
  try(source)
end
