-- lua: 5.4-5.5
-- What the utf8 library refuses.
print(pcall(utf8.char, -1))
print(pcall(utf8.char, 0x80000000))
print(pcall(utf8.codepoint, "abc", 4))
print(pcall(utf8.codepoint, "abc", 0))
print(pcall(utf8.codepoint, "\xff"))
print(pcall(utf8.codepoint, "\u{200000}"))
print(utf8.codepoint("\u{200000}", 1, 1, true))
print(pcall(utf8.len, "abc", 5))
print(pcall(utf8.len, "abc", 1, 4))
print(utf8.len("\xed\xa0\x80"), utf8.len("\xed\xa0\x80", 1, -1, true), utf8.len("\xc0\x80"),
  utf8.len("\xe2\x82"), utf8.len("\x80"))
print(pcall(utf8.offset, "abc", 1, 5))
print(pcall(utf8.offset, "é", 1, 2))
print(pcall(function () for _ in utf8.codes("a\xffb") do end end))
print(pcall(function () for _ in utf8.codes("a\x80") do end end))
print(pcall(function () for _ in utf8.codes("\u{D800}") do end end))
for p, c in utf8.codes("\u{D800}", true) do print(p, c) end
print(pcall(utf8.len))
print(pcall(utf8.codes))
