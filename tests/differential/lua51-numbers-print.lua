-- lua: 5.1
-- Numbers are floats, written by "%.14g".
print(1, 1.0, -0.0, 100000000000000, 1e15, 123456789012345, 0.1, 1 / 3)
print(2 ^ 53, 2 ^ 53 + 1, 2 ^ 63, -2 ^ 63, 1e100, 1e300 * 1e10, -1e300 * 1e10)
print(0 / 0 ~= 0 / 0, tostring(1 / 0), tostring(-1 / 0))
print(10 / 2, 7 % 3, -7 % 3, 7 % -3, 5.5 % 2, 2 ^ 0.5, 1e15 % 7)
print(0x10, 0xff, 0xffffffff, 0xA)
print(1e3, 1e-3, .5, 5., 3e2)
print(1 == 1.0, "1" == 1, 10 == "10")
for i = 1, 3 do io.write(i, " ") end print()
for i = 0.1, 0.5, 0.1 do io.write(i, " ") end print()
