-- lua: 5.3
-- cmdline: -l utf8 {}
print(type(utf8))
