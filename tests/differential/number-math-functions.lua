-- lua: 5.3-5.4
-- The math library on ordinary values.
print(math.floor(3.7), math.floor(-3.7), math.ceil(3.2), math.ceil(-3.2), math.floor(5), math.ceil(2^70),
  math.floor(-2^70))
print(math.abs(-5), math.abs(-5.5), math.abs(math.mininteger), math.abs(-0.0))
print(math.max(1, 2.5, -1), math.min(3, 1, 2), math.max(1), math.max(2, 2.0), math.min(2.0, 2), math.max(-0.0, 0.0))
print(math.fmod(7, 3), math.fmod(-7, 3), math.fmod(7, -3), math.fmod(-7, -3), math.fmod(5.5, 2), math.fmod(-6,
  2), math.fmod(math.mininteger, -1))
print(math.modf(3.7), math.modf(-3.7), math.modf(5), math.modf(1/0), math.modf(-1/0))
print(math.sqrt(16), math.sqrt(2), math.exp(0), math.log(1), math.log(8, 2), math.log(100, 10), math.log(27,
  3), math.log(2, 0))
print(math.sin(0), math.cos(0), math.tan(0), math.atan(1, 1), math.atan(1), math.atan(0, -1), math.acos(1),
  math.asin(0))
print(math.ult(1, 2), math.ult(-1, 2), math.ult(2, -1), math.ult(5, 5), math.deg(math.pi), math.rad(180))
print(math.pi, math.huge, -math.huge, math.maxinteger, math.mininteger)
print(math.pow(2, 10), math.cosh(0), math.sinh(0), math.tanh(0), math.log10(1000), math.ldexp(1, 4), math.frexp(8))
