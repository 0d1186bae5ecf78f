-- lua: 5.1 5.4-5.5
-- Numbers as strings and strings with metatables.
print(pcall(function () return (5):rep(2) end))
print(("5" + 1) .. "", 10 .. "", #(12 .. ""), ("x"):rep("3"), string.len(123), string.upper(1.5), ("abc"):sub("2"))
print(getmetatable("").__index == string, getmetatable("").__name, #getmetatable(""), ("x").y,
  pcall(function () ("x").y = 1 end))
string.custom = function (s, n) return s .. n end
print(("a"):custom(1), ("x").custom == string.custom)
getmetatable("").__call = function (s, ...) return s, ... end
print(("str")(1, 2))
getmetatable("").__unm = nil
print(pcall(function () return -"2" end))
