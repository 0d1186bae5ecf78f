-- lua: 5.3
-- math and integers.
print(math.floor(3.7), math.floor(-3.7), math.floor(2^70), math.ceil(3.2), math.floor(5), math.abs(math.mininteger), math.abs(-5), math.abs(-5.5))
print(math.fmod(7, 3), math.fmod(-7, 3), math.fmod(7, -3.0), pcall(math.fmod, 1, 0)) print(math.fmod(1, 0.0) ~= math.fmod(1, 0.0), math.fmod(math.mininteger, -1))
print(math.sqrt(16), math.exp(0), math.log(8, 2), math.log(100, 10), math.log(27, 3), math.pi, math.huge, math.modf(3.7), math.modf(-1/0), math.modf(5))
print(math.tointeger(5.0), math.ult(1, 2), math.type(nil), pcall(math.type)) print(pcall(math.random, 0)) print(pcall(math.random, 2, 1)) print(pcall(math.random, 1, 2, 3)) print(pcall(math.random, math.mininteger, math.maxinteger))
print(math.pow, math.log10, math.ldexp, math.frexp, math.cosh, math.mod)
print(math.max(1, 2.5), pcall(math.max), pcall(math.floor, "x"), math.floor("3.7"), pcall(math.floor, {}), math.deg(math.pi), math.rad(180))
