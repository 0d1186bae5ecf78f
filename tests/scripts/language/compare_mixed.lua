print(1 == 1.0, "1" == 1, 0 == false) -- expect: true	false	false
print(1 < 1.5, "a" < "b") -- expect: true	true
print(math.maxinteger < math.huge, math.maxinteger + 0.0 == math.maxinteger) -- expect: true	false
print(1 < "2") -- expect error: attempt to compare number with string
