-- lua: 5.3-5.5
-- pack of strings and floats, alignment and padding.
local function hex(s) return (s:gsub(".", function (c) return ("%02x"):format(c:byte()) end)) end
print(hex(("z"):pack("abc")), hex(("<s1"):pack("abc")), hex(("<s2"):pack("abc")), hex((">s4"):pack("x")),
  hex(("<s"):pack("q")), hex(("c5"):pack("ab")), hex(("c0"):pack("")))
print(hex(("<f"):pack(1.5)), hex((">d"):pack(-2)),
  hex(("<n"):pack(0.1)), ("<f"):unpack(("<f"):pack(0.1)), (">d"):unpack((">d"):pack(1/3)))
print(hex(("<b x i2"):pack(1, 2)), hex(("<!4 b i4"):pack(1, 2)), hex(("<!2 b i4"):pack(1, 2)),
  hex(("<! b Xi8 b"):pack(1, 2)), hex(("<!8 b d"):pack(1, 0)))
print(("z"):unpack("abc\0def"), ("zz"):unpack("a\0b\0"), ("<s1"):unpack("\3abcd"), ("c2"):unpack("abc"), ("c2"):unpack("abc",
  2), ("<i2"):unpack("\1\0\2\0", 3))
print(("!4 b i4"):packsize(), ("<i4 i8"):packsize(), ("!8 b Xd"):packsize(), ("c10"):packsize(), (""):packsize(), ("j n"):packsize(), ("!1 b i8"):packsize())
print(pcall(string.packsize, "z"))
print(pcall(string.packsize, "s"))
print(pcall(string.pack, "z", "a\0b"))
print(pcall(string.pack, "c2", "abc"))
print(pcall(string.pack, "s1", ("x"):rep(300)))
print(pcall(string.pack, "q", 1))
print(pcall(string.pack, "c", "x"))
print(pcall(string.pack, "X", 1))
print(pcall(string.pack, "Xz", 1))
print(pcall(string.pack, "!3 i4", 1))
print(pcall(string.pack, "!17", 1))
print(pcall(string.unpack, "z", "abc"))
print(pcall(string.unpack, "s1", "\5abc"))
print(pcall(string.unpack, "i4", "abcd", 10))
print(pcall(string.unpack, "c4", "abc"))
print(pcall(string.packsize, "c2147483647c2147483647"))
print(("i4"):unpack("\1\0\0\0", -4))
