-- lua: 5.5
-- utf8.offset tells where the character ends.
print(utf8.offset("aé€x", 1)) print(utf8.offset("aé€x", 2)) print(utf8.offset("aé€x", 3)) print(utf8.offset("aé€x", -1)) print(utf8.offset("aé€x", 0, 3)) print(utf8.offset("aé€x", 5)) print(utf8.offset("aé€x", 6)) print(utf8.offset("", 1)) print(utf8.offset("abc", -4)) print(pcall(utf8.offset, "é", 1, 2)) print(utf8.offset("é\xff", 2)) print(utf8.len("\u{7FFFFFFF}", 1, -1, true), utf8.codepoint("é", 1)) for p, c in utf8.codes("aé") do print(p, c) end
