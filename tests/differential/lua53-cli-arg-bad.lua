-- lua: 5.3
-- cmdline: -e arg=5 {} a b
-- It has to be a table.
print(...)
