print(0xff, 0x1p4, 1e2, .5, 3.) -- expect: 255	16.0	100.0	0.5	3.0
print(0x7fffffffffffffff, 0xffffffffffffffff) -- expect: 9223372036854775807	-1
print(1//1, 1e0) -- expect: 1	1.0
