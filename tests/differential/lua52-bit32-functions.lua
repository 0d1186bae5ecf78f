-- lua: 5.2
-- bit32.
print(bit32.band(), bit32.bor(), bit32.bxor(), bit32.band(0xff, 0x0f, 0x3), bit32.bor(1, 2, 4), bit32.bxor(5, 3))
print(bit32.bnot(0), bit32.bnot(-1), bit32.lshift(1, 31), bit32.lshift(1, 32), bit32.lshift(1, -1), bit32.rshift(-1, 28))
print(bit32.arshift(-8, 1), bit32.arshift(-8, 40), bit32.arshift(8, 1), bit32.arshift(1, -4))
print(bit32.lrotate(0x80000001, 1), bit32.rrotate(1, 1), bit32.lrotate(1, 33), bit32.rrotate(3, -1))
print(bit32.extract(0xabcd, 4, 8), bit32.extract(0xff, 0), bit32.replace(0, 5, 4, 4), bit32.btest(1, 3), bit32.btest(1, 2), bit32.btest())
print(bit32.band(2 ^ 32 + 5), bit32.band(-1), bit32.band("7", "3"))
print(pcall(bit32.extract, 1, 32), pcall(bit32.extract, 1, 0, 33), pcall(bit32.extract, 1, -1), pcall(bit32.extract, 1, 5, 0))
print(pcall(bit32.band, "x"), pcall(bit32.bnot), pcall(bit32.lshift, 1))
