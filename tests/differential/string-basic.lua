-- lua: 5.3-5.5
-- The plain functions.
print(("hello"):upper(), ("HeLLo"):lower(), ("abc"):reverse(), (""):reverse(), ("x"):rep(3), ("x"):rep(0), ("x"):rep(-1), ("ab"):rep(3,
  ","))
print(("hello"):len(), #"a\0b", ("x"):rep(1, "sep"), ("").rep("", 100), ("abc"):rep(2, ""))
print(("hello"):sub(2,
  4), ("hello"):sub(-3), ("hello"):sub(2), ("hello"):sub(0), ("hello"):sub(10), ("hello"):sub(-100,
  2), ("hello"):sub(3, 2), ("hello"):sub(2, -2), ("hello"):sub(-2, -3))
print(("hello"):sub(math.mininteger, math.maxinteger), ("hello"):sub(math.maxinteger), ("hello"):sub(1,
  math.mininteger))
print(("abc"):byte(), ("abc"):byte(2), ("abc"):byte(1, -1), ("abc"):byte(10), ("abc"):byte(-1), ("abc"):byte(0))
print(string.char(72, 101), string.char(), #string.char(0, 255), ("\xff"):byte())
print(("x"):rep(3, 1), #("x"):rep(1000), ("é"):upper() == "é", ("A1b"):lower())
print(pcall(string.byte, "x", {}), select("#", ("x"):byte(2)))
print(("a"):rep(3.0), pcall(string.rep, "ab", 1 << 62), pcall(string.rep, "ab", 1 << 40, ("x"):rep(1 << 10)))
