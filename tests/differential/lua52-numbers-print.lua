-- lua: 5.2
-- Numbers are floats.
print(1, 1e15, 1e14, 2 ^ 53, 2 ^ 63, 0.1, -0.0, 1 / 0, -1 / 0, 100, 1e100)
print(7 % -3, -7 % 3, 5.5 % 2, 1 % math.huge, -1 % math.huge)
print(tonumber("10", 36), tonumber("ff", 16), tonumber("-ff", 16), tonumber("8", 8), tonumber("1e1", 16), pcall(tonumber, "1", 37))
print(tonumber("  12  "), tonumber("12 a"), tonumber("inf"), tonumber("nan"), tonumber("1e"), tonumber(""), tonumber("0x1g"))
print("10" + 1, "0x10" * 2, pcall(function() return "a" + 1 end))
print(1 == "1", 0 == -0, "10" < "9", pcall(function() return 1 < "2" end))
print(math.type, math.tointeger, 3 | 0 == nil)
