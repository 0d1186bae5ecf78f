-- lua: 5.4-5.5
-- Strings in arithmetic.
print("10" + 5, "0x10" + 0, "1e1" * 1, "10" / "2", "7" // "2", "7" % "4", "2" ^ "3", -"3", -"0x3", -"1.5")
print("10" + 0.5, " 10 " + 1, "10" * "10", "3" - "1", 10 .. 20, 1.0 .. "", -0.0 .. "", 2^63 .. "")
print(math.type("10" + 5), math.type("10.0" + 5), math.type("1" // "1"), math.type("9223372036854775808" + 0))
print(pcall(function () return "abc" + 1 end))
print(pcall(function () return 1 + "" end))
print(pcall(function () return "1" + "0x" end))
print(pcall(function () return -"abc" end))
print(pcall(function () return {} + "1" end))
print(pcall(function () return "10" // 0 end))
print("5" < "10", pcall(function () return "5" < 10 end))
