print(7 // 2, -7 // 2, 7 % -3, 7.5 // 2) -- expect: 3	-4	-2	3.0
print(2 ^ 10, 10 / 2) -- expect: 1024.0	5.0
print(1e308 * 10, -1e308 * 10) -- expect: inf	-inf
print(3 | 4, 7 & 2, 5 ~ 1, ~0) -- expect: 7	2	4	-1
print("10" + 5, "3" * "4") -- expect: 15	12
