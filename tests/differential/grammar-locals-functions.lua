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
  "local",
  "local 1",
  "local function",
  "local function 1",
  "local a.b",
  "local a =",
  "local a = ,",
  "local a, = 1",
  "function",
  "function 1",
  "function f",
  "function f(",
  "function f()",
  "function f(a b)",
  "function f(...",
  "function f(..., a)",
  "function f(a, ...) return ... end return f(1, 2)",
  "function a.b.c:d.e() end",
  "function a:b:c() end",
} do
  try(source)
end
