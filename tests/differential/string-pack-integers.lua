-- lua: 5.3-5.5
-- pack and unpack of every integer size, both ways round.
local function hex(s) return (s:gsub(".", function (c) return ("%02x"):format(c:byte()) end)) end
print(hex(("<b"):pack(-1)), hex(("<B"):pack(255)), hex(("<h"):pack(-2)), hex((">h"):pack(-2)),
  hex(("<i4"):pack(0x12345678)), hex((">i4"):pack(0x12345678)))
print(hex(("<j"):pack(-1)), hex((">J"):pack(1)), hex(("<i3"):pack(-5)), hex((">I7"):pack(0x1234567)),
  hex(("<i16"):pack(-2)), hex((">I16"):pack(5)), hex(("=I2"):pack(1)))
print(("<i3"):unpack(("<i3"):pack(-5)), (">i16"):unpack((">i16"):pack(math.mininteger)), ("<I8"):unpack(("<I8"):pack(-1)), ("<l"):unpack(("<l"):pack(77)), ("<T"):unpack(("<T"):pack(9)))
print(pcall(string.pack, "b", 128))
print(pcall(string.pack, "b", -129))
print(pcall(string.pack, "B", 256))
print(pcall(string.pack, "B", -1))
print(pcall(string.pack, "i17", 1))
print(pcall(string.pack, "i0", 1))
print(pcall(string.pack, "i", 2^40))
print(pcall(string.pack, "i", 1.5))
print(pcall(string.unpack, "<i16", ("\xff"):rep(8) .. ("\1"):rep(8)))
print(pcall(string.unpack, "<I16", ("\0"):rep(8) .. ("\1"):rep(8)))
print(pcall(string.unpack, "<i4", "abc"))
print(("<i2 >i2"):unpack("\1\2\1\2"))
