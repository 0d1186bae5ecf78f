-- lua: 5.2
-- cmdline: -l bit32 {}
print(type(bit32))
