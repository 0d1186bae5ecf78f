print(("hello world"):gsub("o", "0")) -- expect: hell0 w0rld	2
print(("abc"):gsub("%w", "%0%0")) -- expect: aabbcc	3
print(("x"):gsub("x", "%2")) -- expect error: invalid capture index %2
