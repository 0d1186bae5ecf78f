print(2 ^ 3 ^ 2, -2 ^ 2) -- expect: 512.0	-4.0
print(1 .. 2 + 3) -- expect: 15
print(not 1 == 2) -- expect: false
print(1 << 2 + 1, 5 & 3 | 8) -- expect: 8	9
