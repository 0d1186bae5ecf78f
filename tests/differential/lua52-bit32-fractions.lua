-- lua: 5.2
-- bit32 and numbers that are no integers.
print(bit32.band(2 ^ 40 + 1), bit32.bor(-2 ^ 31), bit32.bnot(2 ^ 53))
print(bit32.lshift(1, 2), bit32.extract(-1, 8, 8))
