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
  "local <const> a, b = 1, 2; a = 3",
  "local <close> a = nil return a",
  "local <const> a <close>, b = nil, 2; b = 1",
  "local <close> a, b = nil, nil",
  "for i = 1, 3 do local function g() i = 5 end end",
  "for k, v in pairs{} do k = 1 end",
  "for k, v in pairs{1} do v = 2 end return 1",
  "for i, _ENV in pairs{{x=3}} do return x end",
  "local x <const> = 3; local function f() x = 4 end",
  "local x <close> = 3",
  "local a <const>, b <const> = 1; return a, b",
  "local t <const> = {}; t.x = 1 return t.x",
  "local function f() return 1 end local x <const> = f() return x",
  "local x <const> = nil; return x",
  "return 1 < 2 < 3",
  "x = function() end return x == x",
} do
  try(source)
end
