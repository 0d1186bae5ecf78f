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
  "x = {",
  "x = {1",
  "x = {1,",
  "x = {,}",
  "x = {;}",
  "x = {1;2;}",
  "x = {[1]",
  "x = {[1]=",
  "x = {a=}",
  "x = {a}",
  "x = {a=1 b=2}",
  "x = {[1] 2}",
  "x = {f x}",
} do
  try(source)
end
