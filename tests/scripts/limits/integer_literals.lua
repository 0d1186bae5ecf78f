print(0x7fffffffffffffff + 1 == math.mininteger) -- expect: true
print(9223372036854775807, 9223372036854775808) -- expect: 9223372036854775807	9.2233720368548e+18
print(1e308 * 10 == math.huge, 1e-400) -- expect: true	0.0
print(tonumber(("9"):rep(400)), tonumber("0x" .. ("f"):rep(40))) -- expect: inf	-1
