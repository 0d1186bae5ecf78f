-- lua: 5.4-5.5
-- %p of values with and without an address.
print(("%p"):format(1), ("%p"):format(nil), ("%p"):format(true), ("%5p|"):format(1), ("%-20p|"):format(2.5))
local t = {}
print(("%p"):format(t) == ("%p"):format(t), ("%p"):format(t) ~= ("%p"):format({}))
print(("table: %p"):format(t) == tostring(t), ("%p"):format("short") == ("%p"):format("short"))
print(("%p"):format(print) == tostring(print):match("0x%x+"))
print(pcall(string.format, "%.3p", t))
print(pcall(string.format, "%p"))
