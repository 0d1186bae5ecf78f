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
  "\239\187\191return 1",
  "# comment",
  "#!/bin/lua",
  "\0",
  "x = \0",
  "x = 'a\0b' return #x",
  "x\0 = 1",
  "return \200",
  "\200 = 1",
  "x = \127",
  "x = 1\0",
  "'\0",
  "x = [[\0]] return #x",
  "@x",
  "x@",
  "é = 1",
} do
  try(source)
end
