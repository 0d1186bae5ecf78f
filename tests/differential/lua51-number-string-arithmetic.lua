-- lua: 5.1
-- Strings are numbers in arithmetic.
print("10" + 5, "3" * "4", -"2", "0x10" + 0, " 7 " - 1, "2" ^ "3", "7" % 4)
print(pcall(function() return "a" + 1 end))
print(pcall(function() return {} + 1 end))
print(pcall(function() return -{} end))
print(pcall(function() local s = "x" return s * 2 end))
print(pcall(function() return 1 .. {} end))
print(1 .. 2, 1.5 .. "x", -0.0 .. "")
print(10 .. "", 1e15 .. "", 2 ^ 63 .. "")
