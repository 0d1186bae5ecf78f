-- lua: 5.4-5.5
-- Evaluation before assignment, and its order.
local a, b, c = 1
print(a, b, c)
a, b = b, a
print(a, b)
local i, t = 1, {}
i, t[i] = i + 1, 20
print(i, t[1], t[2])
a, b, c = (function () return 1, 2, 3 end)()
print(a, b, c)
a, b, c = 0, (function () return 1, 2, 3 end)()
print(a, b, c)
a, b, c = (function () return 1, 2, 3 end)(), 10
print(a, b, c)
a, b = 1, 2, 3
print(a, b)
local x, y = 1, 2
x, y = y, x
print(x, y)
t = { 1, 2, 3 }
t[1], t[2], t[3] = t[3], t[1], t[2]
print(t[1], t[2], t[3])
do local a <const> = t t.x, t = 5, nil print(a.x, t) end
local log = {}
local p = setmetatable({}, { __newindex = function (_, k, v) log[#log + 1] = k .. tostring(v) end })
p.a, p.b, p.c = 1, 2
print(table.concat(log, " "))
local function s(n) log[#log + 1] = n return p end
log = {}
s("1").x, s("2").y = s("3") and 1, s("4") and 2
print(table.concat(log, " "))
local q = { q = {} }
q.q, q.q.r = 1, 2
print(q.q)
a = { 1 }
a, a[1] = nil, 5
print(a)
