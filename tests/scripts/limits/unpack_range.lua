print(pcall(table.unpack, {}, 1, 10000000)) -- expect: false	too many results to unpack
print(pcall(table.unpack, {}, 0, math.maxinteger)) -- expect: false	too many results to unpack
print(select("#", table.unpack({}, 1, 100000))) -- expect: 100000
