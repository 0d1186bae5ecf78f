-- lua: 5.3
-- string.pack and its kin.
local function hex(s) return (s:gsub(".", function(c) return ("%02x"):format(c:byte()) end)) end
print(hex(string.pack("<i4 >i4 b B", 1, 1, -1, 255)), hex(string.pack("<d", 1.5)), hex(string.pack("z s1 s2", "ab", "cd", "ef")), hex(string.pack("!4 b i4", 1, 2)))
print(string.unpack("<i2", "\1\2"), string.unpack("z", "abc\0rest"), string.unpack("<I3", "\1\2\3"), string.unpack("s1", "\3abcd"), string.packsize("i4 i8 !8 d"))
for _, f in ipairs { "i17", "i0", "c", "y", "!17i4", "Xz", "s", "z" } do print(f, pcall(string.packsize, f)) end
print(pcall(string.pack, "i1", 200)) print(pcall(string.pack, "I1", -1)) print(pcall(string.pack, "z", "a\0b")) print(pcall(string.pack, "c2", "abc")) print(pcall(string.unpack, "i4", "abc")) print(pcall(string.unpack, "z", "abc")) print(pcall(string.unpack, "<i16", ("\255"):rep(15) .. "\1"))
print(string.unpack("<i4", "\1\0\0\0\2\0\0\0", 5), pcall(string.unpack, "i4", "abcd", 10), hex(string.pack("<j n", 1, 2)), hex(string.pack(">!4 i1 Xi4 i4", 1, 2)))
