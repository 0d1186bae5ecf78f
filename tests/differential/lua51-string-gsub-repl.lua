-- lua: 5.1
-- What gsub takes for a replacement.
print(string.gsub("abc", "%w", "%0%0"))
print(string.gsub("abc", "%w", { a = 1, b = true }) == nil)
