-- lua: 5.5
-- Strings of 5.5.
print(("x"):rep(3, "-"), ("abc"):sub(-2), ("abc"):byte(1, -1), ("%d"):format(3), #("\u{7FFFFFFF}")) print(string.find("a.b", ".", 1, true), string.find("abc", "b", -1), string.find("abc", "", 10), string.find("abc", "", 4), ("abc"):find("c", -1)) for k, v in string.gmatch("a=1, b=2", "(%w+)=(%w+)") do io.write(k, v, " ") end for w in string.gmatch("hello", "l", 4) do io.write(w, " ") end print() print(string.gsub("abc", "%w", "%0%0", 2), pcall(string.gsub, "abc", "a", "%2"), pcall(string.gsub, "abc", "a", "%x")) print("10" + 1, "0x10" * 2, "1e1" // 1, pcall(function() return "a" + 1 end)) print(("x"):len(), #"\0\0", ("a,b"):gsub(",", { [","] = ";" })) print(pcall(string.rep, "x", 1 << 62)) print(tostring(-0.0), tostring(nil), tostring(true)) print(string.pack("<i4", 5):byte(1, -1))
-- The longest size that is refused before memory is asked for.
print(pcall(string.rep, "0", math.maxinteger))
print(pcall(string.rep, "ab", math.maxinteger // 2 + 1))
