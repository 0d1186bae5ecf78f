-- lua: 5.3
-- utf8 of 5.3.
print(utf8.char(72, 228, 8364, 0x10FFFF), utf8.char(), utf8.charpattern == "[\0-\x7F\xC2-\xF4][\x80-\xBF]*", utf8.len("häß€"), utf8.len("\xff"), utf8.len("abc", 4), utf8.len("abc", 2, 1))
for p, c in utf8.codes("aé€") do io.write(p, ":", c, " ") end print(utf8.codepoint("aé€", 1, -1))
print(utf8.offset("aé€x", 3), utf8.offset("aé€x", -1), utf8.offset("aé€x", 0, 3), utf8.offset("abc", 5), utf8.offset("abc", 4))
print(pcall(utf8.codepoint, "\xff")) print(pcall(utf8.codepoint, "abc", 4)) print(pcall(utf8.char, -1)) print(pcall(utf8.char, 0x80000000)) print(pcall(utf8.offset, "é", 1, 2)) print(pcall(utf8.len, "abc", 5)) print(pcall(function() for _ in utf8.codes("a\xff") do end end))
print("\u{48}\u{e4}\u{20ac}\u{10FFFF}", #"\u{7FFFFFFF}" > 0 and 1 or 0) 
