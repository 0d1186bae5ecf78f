print(utf8.len("aé€"), utf8.char(8364)) -- expect: 3	€
print(utf8.codepoint("é")) -- expect: 233
