-- lua: 5.1
-- tonumber and the forms it knows.
for _, s in ipairs { "10", " 10 ", "0x10", "1e1", "1e", "", " ", "10a", "0x", "0xg", ".5", "5.", ".", "+5", "- 5", "1 2", "0x1p4", "1_0" } do
  print(string.format("%q", s), tonumber(s))
end
print(tonumber("10", 2), tonumber("ff", 16), tonumber("zz", 36), tonumber("8", 8), tonumber("7", 8))
print(tonumber("-ff", 16), tonumber("1e1", 10), tonumber("", 10), tonumber("  11  ", 2))
print(pcall(tonumber, "10", 1), pcall(tonumber, "10", 37))
print(pcall(tonumber))
print(tonumber(nil), tonumber({}), tonumber(true))
