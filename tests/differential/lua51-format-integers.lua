-- lua: 5.1-5.2
-- %d and its family take any number.
print(string.format("%d %d %d", 3, 3.7, -3.7))
print(string.format("%5d|%-5d|%05d|%+d", 42, 42, 42, 42))
print(string.format("%x %X %o %u", 255, 255, 8, 7))
print(string.format("%c%c%c", 76, 117, 97))
print(string.format("%i", 2 ^ 31), string.format("%d", -2 ^ 31), string.format("%d", 2 ^ 53))
print(string.format("%s %s %s", "a", "b", 5))
print(pcall(string.format, "%s", nil))
print(pcall(string.format, "%s", true))
print(pcall(string.format, "%s"))
print(pcall(string.format, "%d", "x"))
print(string.format("%d", "10"))
print(pcall(string.format, "%y", 1))
print(pcall(string.format, "%", 1))
print(pcall(string.format, "%0123d", 1))
-- What is no C int is the smallest one, whose lowest byte is a zero.
for _, n in ipairs{65, 65.9, 256 + 65, -191, 2^31 - 1, 2^31, 2^32 + 65, -2^31, -2^31 - 1, 1e300, 0/0, 1/0} do print(n, #string.format("%c", n), string.format("[%c|%3c|%-3c]", n, n, n):byte(1, -1)) end
