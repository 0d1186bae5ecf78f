-- lua: 5.3-5.5
-- Integer arithmetic wraps; float arithmetic does not.
local max, min = math.maxinteger, math.mininteger
print(max + 1 == min, min - 1 == max, max * max, min * min, max * min, min // -1 == min, -min == min)
print(max + 1.0, max * 2.0, max / 1, min / -1, max ^ 2, 2^62 * 2, (1 << 62) * 2, (1 << 62) * 4)
print(5 // 0.3, 1e15 % 7, 2^60 % 1000, -2^60 % 1000, max % 10, min % 10, min % max, max // min, min // max)
local a = max; a = a + 1; print(a); a = a - 1; print(a)
for i = 1, 3 do a = a * 3 end print(a)
