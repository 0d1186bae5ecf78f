-- lua: 5.3-5.5
-- How integers print and wrap.
print(math.maxinteger, math.mininteger, -math.mininteger, math.maxinteger + 1)
print(math.mininteger - 1 == math.maxinteger, math.maxinteger * 2, math.mininteger * -1)
print(9223372036854775807, 9223372036854775808, -9223372036854775808, -9223372036854775809)
print(0x7fffffffffffffff, 0xffffffffffffffff, 0x10000000000000000, 0x123456789abcdef01)
print(-0, 0x0, 00012, 1 // 1, 7 // 2.0, 2^2, 10 / 2)
print(math.maxinteger + 0.0, math.mininteger + 0.0, math.maxinteger + 0.0 == math.maxinteger)
