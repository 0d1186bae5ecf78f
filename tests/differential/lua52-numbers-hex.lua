-- lua: 5.2
-- Hexadecimal floats.
print(0x1p4, 0xA.8, 0x.8p1, 0xffffffffff, 0x1P-2, tonumber("0x1p4"), tonumber("0x.1"), tonumber("0x"), tonumber("0xp1"))
print(1e308 * 10, -1e308 * 10, 2 ^ 1023 * 2, 5 // 1 == nil)
