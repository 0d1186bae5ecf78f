local a, b, i
a, b = b, a
i, a[i] = i + 1, 20
a.x, a = 1, 2
a, b, i = f()
a, b = 1
a, b = 1, 2, f()
x, y.z, a[b] = 1, 2, 3
local p, q, r = 1
local s, t = f(), 2, 3
