-- lua: 5.1
-- A function has one constant for 0 and -0, the one that comes first.
print((function() local a = -0.0 / 1 / 0 return 1 / 0, a ~= a end)())
print((function() local a = -0.0 return 1 / a, 1 / 0 end)())
print((function() local a = 0 return 1 / -0.0, 1 / 0, a end)())
print((function() return 1 / (-0.0 * 1), 1 / 0 end)())
print((function(x) return x * -0.0, 1 / 0, 1 / -0.0 end)(1))
print((function(x) return 0 * x, 1 / 0, 1 / -0.0 end)(-1))
print((function(x) return x % 0 ~= x % 0, 0 / x, 1 / (0 / x), 1 / (-0.0 / x) end)(1))
print((function() local t = { -0.0, 0 } return 1 / t[1], 1 / t[2] end)())
