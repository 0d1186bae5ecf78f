-- lua: 5.1
-- Errors of gsub and of patterns.
print(string.gsub("hello", "l", { l = "L" }), string.gsub("hello", "(l)(l)", "%2%1"))
print(pcall(string.gsub, "abc", "%w", { a = true }))
print(pcall(string.gsub, "abc", "%w", function() return {} end))
print(pcall(string.gsub, "abc", "%w", nil))
print(pcall(string.gsub, "abc", "(", "x"))
print(pcall(string.gsub, "abc", "%", "x"))
print(pcall(string.gsub, "abc", "[a", "x"))
print(pcall(string.gsub, "abc", "a", "%2"))
print(string.gsub("abc", "b", "%%"), string.gsub("abc", "b", "%x"))
print(pcall(string.find, "a", "%f"))
print(string.find("THE (quick) fox", "%f[%a]%a+%f[%A]"))
