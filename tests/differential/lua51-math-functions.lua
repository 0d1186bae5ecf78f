-- lua: 5.1
-- math as 5.1 has it.
print(math.pow(2, 10), math.log10(1000), math.log(8, 2), math.ldexp(0.5, 4), math.frexp(8))
print(math.floor(3.7), math.ceil(3.2), math.floor(-3.5), math.modf(3.7), math.modf(-3.7), math.abs(-0.0))
print(math.sinh(0), math.cosh(0), math.tanh(0), math.deg(math.pi), math.rad(180) == math.pi)
print(math.max(1, 5, 3), math.min(2, "1"), math.sqrt(16), math.exp(0))
print(math.type, math.tointeger, math.maxinteger, math.ult)
print(math.fmod(5.5, 2), math.fmod(-1, 3), pcall(math.fmod, 1), math.modf(1 / 0))
print(math.floor(2 ^ 70), math.floor(-2 ^ 53))
