print(pcall(string.format, "%100d", 1)) -- expect: false	invalid conversion specification: '%100d'
print(pcall(string.format, "%.100f", 1)) -- expect: false	invalid conversion specification: '%.100f'
print(#string.format("%99.99f", 1e300) > 300) -- expect: true
