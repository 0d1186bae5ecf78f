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
  "x = \"\\065\\10\\066\" return x",
  "x = a.b.c.d.e",
  "x = f()()",
  "local x = 1 local x = 2 return x",
  "local function f(a, a) return a end return f(1, 2)",
  "and",
  "or",
  "not",
  "true = 1",
  "local true = 1",
  "local end",
  "for true = 1, 2 do end",
  "x.end = 1",
  "x.goto = 1",
  "x:and()",
  "x = {end = 1}",
  "x = {goto = 1}",
  "return 2^-3, -2^2, 2^3^2, not nil == true, 1 .. 2 .. 3, 2 * 3 % 4, 1 + 2 < 4 and 5 or 6",
  "return 1 // 2 * 3",
  "return 1 << 2 + 3",
  "return 1 | 2 ~ 3 & 4",
  "return ~5, ~~5, -~5",
  "return 'a' .. 'b' == 'ab'",
  "return #'abc' + 1",
  "return -'2' + 0",
  "return (2)",
  "return (...)",
  "local a <const> = 1 return a",
  "local a < const > = 1 return a",
  "local a <const = 1",
  "local a <1> = 1",
  "local a <> = 1",
} do
  try(source)
end
