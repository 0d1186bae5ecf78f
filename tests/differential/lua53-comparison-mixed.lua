-- lua: 5.3
-- Integers against floats, exactly.
print(2^53 == 2^53 + 1, math.maxinteger == 2^63, math.maxinteger < 2^63, math.maxinteger <= 2^63, math.mininteger >= -2^63, math.mininteger < -2^63)
print(1 < 1.5, 1.5 < 2, -1 > -1.5, 0 == -0.0, 1/0 > math.maxinteger, -1/0 < math.mininteger, 0/0 < 1, 1 < 0/0, 1 == 0/0)
local t = {} t[1.0] = "a" t[2^53] = "b" print(t[1], t[2^53|0], next({ [3.0] = 1 })) t[1.5] = 1 print(t[1.5], #t)
print(math.ult(1, -1), math.ult(-1, 1), 3 < 3.0, 3 <= 3.0, math.max(1, 1.0), math.max(1.0, 1), math.min(2, 1.5))
print(pcall(function() return 1 < "2" end)) print(pcall(function() return {} < 1 end)) print(pcall(function() return nil <= nil end)) print("a" < "b", "Z" < "a", "a\0b" < "a\0c")
