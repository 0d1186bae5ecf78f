-- lua: 5.1-5.2
-- %q writes what the reader reads.
print(string.format("%q", 'a "b" \\ c'))
print(string.format("%q", "line\nnext\r\0end"))
print(string.format("%q", "\200\1\127"))
print(string.format("%q", 5))
print(pcall(string.format, "%q", nil))
print(loadstring("return " .. string.format("%q", "a\0b\r\n"))() == "a\0b\r\n")
