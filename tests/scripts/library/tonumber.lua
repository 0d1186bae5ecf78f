print(tonumber("0x10"), tonumber("1e1"), tonumber(" 5 "), tonumber("5x")) -- expect: 16	10.0	5	nil
print(tonumber("zz", 36), tonumber("9", 8)) -- expect: 1295	nil
