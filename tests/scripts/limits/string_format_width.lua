print(pcall(string.format, "%100d", 1))
print(pcall(string.format, "%.100f", 1))
print(#string.format("%99.99f", 1e300) > 300)
