-- lua: 5.1 5.3-5.5
-- tonumber with a base.
print(tonumber("10", 2), tonumber("ff", 16), tonumber("FF", 16), tonumber("zz", 36), tonumber("8", 8),
  tonumber("77", 8))
print(tonumber(" 11 ", 2), tonumber("-11", 2), tonumber("- 11", 2), tonumber("+11", 2), tonumber("", 10),
  tonumber("1.0", 10))
print(tonumber("7fffffffffffffff", 16), tonumber("ffffffffffffffff", 16), tonumber("1ffffffffffffffff", 16))
print(tonumber("1e1", 10), tonumber("1e1", 16), tonumber("0x10", 16), tonumber("1\0", 10), tonumber("9", 10.0))
print(pcall(tonumber, "10", 1))
print(pcall(tonumber, "10", 37))
print(pcall(tonumber, 10, 10))
print(pcall(tonumber, "10", 2.5))
print(pcall(tonumber, nil, 10))
print(tonumber(nil), tonumber(true), tonumber({}), tonumber(10), tonumber(1.5))
