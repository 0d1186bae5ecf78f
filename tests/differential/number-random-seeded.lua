-- lua: 5.4-5.5
-- The generator gives the same numbers for the same seed.
math.randomseed(42)
for i = 1, 5 do print(math.random(1000000)) end
print(math.random(5, 7), math.random(-3, 3), math.random(1, 1), math.random(math.mininteger, math.maxinteger))
print(("%.17g"):format(math.random()), ("%.17g"):format(math.random()))
print(math.random(0))
math.randomseed(42, 7)
print(math.random(1 << 40), math.random(3))
math.randomseed(3.0)
print(math.random(100), math.random(100))
math.randomseed(-5)
print(math.random(100), math.random(0))
print(pcall(math.randomseed, 1.5))
print(math.random(100), math.random(0))
print(select("#", math.randomseed(1)), math.randomseed(1, 2))
