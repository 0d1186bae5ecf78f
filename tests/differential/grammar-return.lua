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
  "return",
  "return;",
  "return;;",
  "return 1;",
  "return 1,",
  "return return",
  "do return end x = 1",
  "do return 1 end return 2",
  "return 1 x",
  "do return; end return 3",
  "if x then return; end return 4",
  "function f() return; end return 5",
  "function f() return;; end return 5",
} do
  try(source)
end
