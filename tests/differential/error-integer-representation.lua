-- lua: 5.3-5.5
-- Floats where integers are wanted.
print(pcall(string.rep, "x", 2^53))
print(pcall(string.rep, "x", 1e100))
print(pcall(math.random, 1.5))
print(pcall(string.sub, "x", "1.5"))
print(pcall(string.sub, "x", 0/0))
print(string.sub("hello", "2", 3.0))
print(pcall(table.concat, {}, "", 1.5))
print(pcall(utf8.char, 1.5))
print(pcall(select, 1.5))
print(select(2.0, "a", "b"))
print(pcall(string.byte, "x", math.huge))
