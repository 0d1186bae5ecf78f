-- lua: 5.3
-- tonumber and numerals.
for _, s in ipairs { "10", " 0x10 ", "1e1", "0x1p4", "1e", "0x", "", " ", "1 2", "10a", ".5", "5.", "0x.8", "inf", "nan", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "0xffffffffffffffffff", "1e400", "- 1", "--1", "+1", "0b1", "1_0" } do
  local n = tonumber(s) print(string.format("%q", s), n, math.type(n))
end
print(tonumber("7fffffffffffffff", 16), tonumber("ffffffffffffffff", 16), tonumber("zz", 36), tonumber("-zz", 36), tonumber("1.0", 10), tonumber("8", 8), tonumber("", 10))
print(pcall(tonumber, 10, 10)) print(pcall(tonumber, "10", 1)) print(pcall(tonumber)) print(tonumber(5), tonumber(5.5), tonumber(nil))
