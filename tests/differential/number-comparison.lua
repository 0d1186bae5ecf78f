-- lua: 5.3-5.5
-- Integers and floats compare by their mathematical value.
local big = math.maxinteger
print(big < big + 0.0, big <= big + 0.0, big == big + 0.0, big + 0.0 > big, big >= big + 0.0)
print(math.mininteger == -2^63, math.mininteger <= -2^63, math.mininteger < -2^63, 2^63 > big)
print(2^53 == 2^53 | 0, (2^53 | 0) + 1 == 2^53, (2^53 | 0) + 1 > 2^53, (2^53 | 0) + 1 < 2^53 + 2)
print(1 < 1.5, 2 > 1.5, 1 <= 0.5, -1 < -0.5, 3 >= 3.0, 1 < math.huge, big < math.huge, math.mininteger > -math.huge)
local nan = 0/0
print(nan == nan, nan ~= nan, nan < nan, nan <= nan, nan > 1, nan >= 1, 1 < nan, 1 <= nan, big < nan, nan < big)
print("a" < "b", "a" < "B", "" < "a", "a\0b" < "a\0c", "a" < "a\0", "Z" < "a", "10" < "9", "a" <= "a")
local a, b = 5, 5.0
print(a == b, a <= b, a < 6, 6 > a, a <= 5, 5 <= a, a >= 5.5, 4.5 <= a, a ~= 5, b == 5)
