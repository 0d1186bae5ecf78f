-- lua: 5.3
-- Integers and floats.
print(1, 1.0, -0.0, 2^53, 1e15, 1e100, 10 / 2, 7 // 2, 7.0 // 2, -7 // 2, 7 % -3, -7 % 3, 7.5 % 2, 2^2)
print(math.maxinteger + 1 == math.mininteger, math.mininteger, -math.mininteger, math.maxinteger * 2)
print(1 == 1.0, math.type(1), math.type(1.0), math.type("1"), 3 | 0, 3.0 | 0, "3" | 0, "0x10" + 0)
print(0xffffffffffffffff, 0x7fffffffffffffff, 9223372036854775807, 9223372036854775808, -9223372036854775808)
print(1e308 * 10, -1e308 * 10, 5 // 0.0, -5 // 0.0, 0/0 ~= 0/0, 5 % math.huge, -5 % math.huge)
print(pcall(function() return 1 // 0 end)) print(pcall(function() return 1 % 0 end))
print(math.mininteger // -1, math.mininteger % -1, 1 < 1.5, math.maxinteger < math.huge, math.maxinteger + 0.0 == 2^63)
print(2^63 == math.maxinteger, 2^63 > math.maxinteger, -2^63 == math.mininteger, 1 // 1 | 2)
