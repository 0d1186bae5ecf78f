print(math.maxinteger + 1 == math.mininteger) -- expect: true
print(math.maxinteger * 2) -- expect: -2
print(9223372036854775808) -- expect: 9.2233720368548e+18
