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
  "if",
  "if x",
  "if x then",
  "if x then else",
  "if x then elseif",
  "if x then\n\n",
  "while x",
  "while x do",
  "for",
  "for i",
  "for i =",
  "for i = 1",
  "for i = 1 do",
  "for i = 1,",
  "for i = 1, 2",
  "for i, in x",
  "for i in",
  "for i in x",
  "for i.x = 1, 2 do end",
  "repeat",
  "repeat until",
  "do",
  "end",
  "else",
  "until",
  "then",
  "x = = 1",
  "x y",
  "x, y",
  "x, y = ",
  "x, 1 = 1",
  "x, f() = 1",
  "f(), x = 1, 2",
  "(a), b = 1",
  "1 = x",
  "'a' = x",
  "{} = 1",
  "nil = 1",
  "not x",
  "x + 1",
  "#x",
  "-x",
  "...",
  "... = 1",
  "x = ...",
  "return ...",
  "function f() return ... end",
  "x = function(...) return function() return ... end end",
} do
  try(source)
end
