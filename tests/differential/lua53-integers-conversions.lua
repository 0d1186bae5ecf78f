-- lua: 5.3
-- Strings and floats as integers.
print(math.tointeger(3.0), math.tointeger(3.5), math.tointeger("8"), math.tointeger(2^63), math.tointeger({}))
print("10" + 1, "10" * "2", "3.0" + 1, "0x10" * 1, "1e1" + 0, "10" // "3", -"2", - "0x10", "10" % 3)
print(pcall(function() return "a" | 1 end)) print(pcall(function() return 1.5 | 1 end)) print(pcall(function() return "1.5" | 1 end)) print(pcall(function() return 2^70 | 1 end))
print(pcall(function() return {} | 1 end)) print(pcall(function() local x = 1.5 return x << 1 end)) print(pcall(function() return ~{} end))
print("3" | 4, "0xff" & 15, ~"0", "1" << "2")
print(tostring(3) == "3", tostring(3.0), 3 .. "", 3.0 .. "", -0.0 .. "", 2^63 .. "", 1e15 .. "")
print(string.format("%d", 3.0), pcall(string.format, "%d", 3.5), pcall(string.format, "%d", "3.5"), string.format("%d", "10"), pcall(string.format, "%d", 2^63))
print(#"abc" + 1, ("x"):rep(3.0), pcall(string.rep, "x", 1.5), pcall(string.rep, "x", "y"))
