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
  "x = 'abc",
  "x = \"abc\ndef\"",
  "x = 'a\\\nb' return x",
  "x = 'a\\",
  "x = 'a\\x",
  "x = '\\xZZ'",
  "x = '\\x4",
  "x = '\\u'",
  "x = '\\u{'",
  "x = '\\u{}'",
  "x = '\\u{4",
  "x = '\\u{4g}'",
  "x = '\\u{7FFFFFFF}' return #x",
  "x = '\\u{80000000}'",
  "x = '\\u{10FFFF}' return #x",
  "x = '\\u{110000}' return #x",
  "x = '\\256'",
  "x = '\\2565'",
  "x = '\\99999'",
  "x = '\\0651' return x",
  "x = '\\z",
  "x = '\\z\n\n  a' return x",
  "x = '\\a\\b\\f\\n\\r\\t\\v\\\\\\\"\\'' return #x",
  "x = '\\c'",
  "x = '\\",
} do
  try(source)
end
