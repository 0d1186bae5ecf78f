print(0x7fffffffffffffff + 1 == math.mininteger)
print(9223372036854775807, 9223372036854775808)
print(1e308 * 10 == math.huge, 1e-400)
print(tonumber(("9"):rep(400)), tonumber("0x" .. ("f"):rep(40)))
