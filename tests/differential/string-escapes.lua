-- lua: 5.4-5.5
-- Escapes in literals.
print(("\a\b\f\n\r\t\v\\\"\'"):byte(1, -1))
print("\65\066\0067", "\x41\x7a", "\u{48}\u{e9}\u{20ac}\u{1F600}", "\z
       skipped", "a\
b")
print(("\u{7FFFFFFF}"):byte(1, -1))
print(#"\z   x", "\0651", ("\255\0\1"):byte(1, -1))
print([[
first newline dropped]], [==[a]]b]=]c]==], #[[

]])
print(("a\r\nb"):byte(1, -1))
print(load("return 'a\\\r\nb'")(), load("return [[a\r\nb\n\rc\rd]]")():byte(1, -1))
