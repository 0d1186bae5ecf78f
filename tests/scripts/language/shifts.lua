print(1 << 63, 1 << 64, 1 << -1, -1 >> 63) -- expect: -9223372036854775808	0	0	1
print(1.5 << 1) -- expect error: number has no integer representation
