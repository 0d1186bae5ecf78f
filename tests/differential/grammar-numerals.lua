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
  "x = 0x",
  "x = 0xg",
  "x = 0x1g",
  "x = 0x1p",
  "x = 0x1p+",
  "x = 0x1.8p1 return x",
  "x = 1e+",
  "x = 1e5e",
  "x = 1.2.3",
  "x = 1.",
  "x = .5 return x",
  "x = .e",
  "x = 1_000",
  "x = 1a",
  "x = 0b1",
  "x = 1LL",
  "x = 5..6",
  "x = 5 ..6 return x",
  "x = 5.. 6",
  "x = 1e308*10 return x",
  "x = 1e400 return x",
  "x = 9223372036854775807 return x",
  "x = 9223372036854775808 return x",
  "x = -9223372036854775808 return x",
  "x = 0x7fffffffffffffff return x",
  "x = 1e15 return x",
  "x = 100000000000000 return x",
  "x = 3.0 return x",
  "x = 0x.1 return x",
  "x = 0xA return x",
  "x = 0Xa return x",
  "x = 1E2 return x",
} do
  try(source)
end
