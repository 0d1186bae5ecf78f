-- lua: 5.3-5.5
-- Precedence and associativity.
print(2 ^ 3 ^ 2, -2 ^ 2, 2 ^ -1, -2 ^ -2, not 1 == 2, not (1 == 2))
print(1 .. 2 .. 3, 1 .. 2 + 3, 2 * 3 .. 4, "a" .. 1 + 2 .. "b")
print(1 + 2 * 3 - 4 / 2, 7 // 2 * 2, 7 % 4 * 2, 2 * 7 % 4, 10 - 3 - 2, 2 ^ 2 * 3)
print(1 < 2 == true, 1 + 1 == 2 and 2 or 3, nil and 1 or 2, false or nil, nil or false, 1 and nil)
print(1 << 1 + 1, 1 + 1 << 1, 5 & 4 | 3, 5 | 4 & 3, 6 ~ 3 & 1, 1 << 2 << 1, 256 >> 2 >> 1)
print(#"abc" + 1, -#"abc", not #"", - - 2, not not nil, ~ ~ 5, -"2" + 0, #"a" .. "b")
print("a" < "b" and "b" < "c", 1 == 1.0, "1" == 1, 0 == -0, 2^53 == 2^53 + 1)
