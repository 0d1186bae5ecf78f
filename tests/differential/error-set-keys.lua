-- lua: 5.1 5.3-5.5
-- Keys that no table takes.
local t = {}
print(pcall(function () t[nil] = 1 end))
print(pcall(function () t[0/0] = 1 end))
print(pcall(rawset, t, nil, 1))
print(pcall(rawset, t, 0/0, 1))
print(pcall(function () return { [nil] = 1 } end))
print(pcall(function () return { [0/0] = 1 } end))
print(t[nil], t[0/0], rawget(t, nil), rawget(t, 0/0))
print(pcall(rawset, 1, 2, 3))
print(pcall(rawget, "x", 1))
print(pcall(next, t, "nokey"))
print(pcall(next, t, 1))
