print(pcall(select, math.maxinteger))
print(pcall(select, math.mininteger, 1))
