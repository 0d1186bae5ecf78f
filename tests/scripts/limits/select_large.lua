print(pcall(select, math.maxinteger)) -- expect: true
print(pcall(select, math.mininteger, 1)) -- expect: false	bad argument #1 to 'select' (index out of range)
