-- lua: 5.4-5.5
-- char, len, codepoint, offset, codes.
print(utf8.char(72, 228, 8364, 128512), utf8.char(), #utf8.char(0x7fffffff), utf8.charpattern)
print(utf8.len("aé€😀"), utf8.len(""), utf8.len("abc", 2), utf8.len("abc", 4), utf8.len("a\xffb"),
  utf8.len("aé", 3), utf8.len("éa", -1), utf8.len("\xF4\x90\x80\x80"), utf8.len("\xF4\x90\x80\x80", 1, -1,
  true))
print(utf8.codepoint("aé€😀", 1, -1))
print(utf8.codepoint("é"), utf8.codepoint("abc", 2), utf8.codepoint("abc", -1))
print(utf8.offset("aé€😀", 1), utf8.offset("aé€😀", 3), utf8.offset("aé€😀", 5),
  utf8.offset("aé€😀", 6), utf8.offset("aé€😀", -1), utf8.offset("aé€😀", -2),
  utf8.offset("aé€😀", 0, 3), utf8.offset("abc", 0, 4))
for p, c in utf8.codes("aé€😀") do io.write(p, ":", c, " ") end print()
for c in ("aé€😀"):gmatch(utf8.charpattern) do io.write(#c, " ") end print()
