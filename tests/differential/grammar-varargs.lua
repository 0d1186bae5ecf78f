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
  "local function f(...t) t[1] = 9; t.n = 2; return ... end return f(4, 5, 6)",
  "local function f(...t) t.n = -1; return ... end return f(4)",
  "local function f(...t) t.n = 'x'; return (...) end return f(4)",
  "local function f(...t) t = 1 end",
  "local function f(...t) return function() return t[2] end end return f(4,5)()",
  "return (function(...t) return select('#', ...) end)(nil, nil)",
  "local function f(...) local arg = arg return arg end",
} do
  try(source)
end
