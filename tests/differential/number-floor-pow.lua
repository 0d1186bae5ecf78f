-- lua: 5.3-5.5
-- Exponentiation is always of floats.
print(2 ^ 10, 2 ^ 0.5, 0 ^ 0, 2 ^ -1, (-2) ^ 2, (-2) ^ 3, 10 ^ 2, 10 ^ -2, 1 ^ math.huge, 0 ^ -1, 2 ^ 1024)
print(math.type(2 ^ 2), 4 ^ 0.5, "2" ^ 2, 2 ^ "2", 8 ^ (1 / 3))
local x = 3
print(x ^ 2, 2 ^ x, x ^ x, -x ^ 2, x ^ 2 ^ 2)
