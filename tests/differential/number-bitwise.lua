-- lua: 5.3-5.5
-- And, or, xor, not, with floats that are integers, and never of strings.
print(0xf0 & 0x3c, 0xf0 | 0x0f, 0xf0 ~ 0xff, ~0, ~5, ~-1, ~math.maxinteger)
print(5.0 & 3, 5 | 2.0, 7.0 ~ 1.0, ~2.0)
print(pcall(function () return "7" & 3 end))
print(pcall(function () return ~"5" end))
print(-1 & 0xff, -1 | 1, -1 ~ 1, 1 | 2 & 3 ~ 4, 1 << 2 | 3, ~1 & 0xf, -~5, ~-5)
print(2^53 | 0, -2^63 | 0)
print(pcall(load"return 2^64 | 0"))
print(5 & 3 == 1, 1 | 0 == 1)
