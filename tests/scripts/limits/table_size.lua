-- A constructor and a table with many entries.
local t = {}
for i = 1, 1000000 do t[i] = i end
print(#t, t[1000000]) -- expect: 1000000	1000000
for i = 1000000, 2, -1 do t[i] = nil end
print(#t) -- expect: 1
