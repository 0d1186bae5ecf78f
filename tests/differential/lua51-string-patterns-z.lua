-- lua: 5.1
-- %z is the zero byte, and patterns end at a zero byte.
print(string.find("a\0b", "%z"), string.gsub("a\0b\0c", "%z", "-"))
print(string.find("abc", "[%z]"), string.find("a\0b", "[^%z]+"))
print(("x\0y"):match("%z(.)"))
print(string.find("a\0b", "\0"), string.find("a\0b", "b", 1, true))
print(string.rep("ab", 3), string.rep("x", 0), string.rep("x", -1))
print(pcall(string.rep))
