local a, b = 1, 2
a, b = b, a
print(a, b) -- expect: 2	1
local i = 1
local t = {}
i, t[i] = i + 1, "first"
print(i, t[1], t[2]) -- expect: 2	first	nil
