-- lua: 5.1
-- a - floor(a/b)*b
print(5 % 3, -5 % 3, 5 % -3, -5 % -3)
print(5.25 % 1, -5.25 % 1, 1e20 % 3)
print(1 % (1 / 0), -1 % (1 / 0), 1 % (-1 / 0))
print((5 % 0) ~= (5 % 0), (0 % 0) ~= (0 % 0))
print(math.mod(5, 3), math.mod(-5, 3), math.fmod(-5, 3), math.fmod(5, -3))
print(math.mod == math.fmod)
print(2 ^ 53 % 2, (2 ^ 53 + 1) % 2)
