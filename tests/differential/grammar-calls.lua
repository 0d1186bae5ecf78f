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
  "a.b.c",
  "a:b",
  "a:b().c = 1",
  "f{}.x = 1",
  "f'x'.y = 1",
  "f\n'x'",
  "local t = {f=function(self, x) return x end} return t:f'x', t:f{} == nil",
  "(f)\n(1)",
  "f\n(1)",
  "f\n{1}",
  "a.b\n(1)",
  "a[1]\n(2)",
  "a:b\n(2)",
  "return f\n(1)",
  "x = f\n(1)",
  "local a = b\n(c or d)()",
} do
  try(source)
end
