-- lua: 5.3
-- cmdline: -e arg={"changed"} {} a b
-- The script gets its arguments from the table.
print(...)
