-- lua: 5.2-5.4
-- table.sort with orders of every kind.
local function sorted(t, f) table.sort(t, f) return table.concat(t, " ") end
print(sorted { 3, 1, 2 })
print(sorted { "b", "a", "C" })
print(sorted({ 1, 2, 3 }, function (a, b) return a > b end))
print(sorted { 1.5, 1, -2, 1e10 })
print(sorted {})
print(sorted { 5 })
local t = {}
for i = 1, 100 do t[i] = (i * 37) % 101 end
print(sorted(t))
t = {}
for i = 1, 60 do t[i] = i % 3 end
print(sorted(t))
print(pcall(table.sort, { 1, "x" }))
print(pcall(table.sort, { {}, {} }))
print(pcall(table.sort, { 1, nil, 3 }))
print(pcall(table.sort, { 3, 2, 1 }, function (a, b) error("cmp", 0) end))
print(pcall(table.sort, { 1, 2 }, 5))
print(pcall(table.sort, 1))
print(pcall(table.sort, { 3, 1 }, nil))
print(sorted({ "10", "9", 8 .. "" }, function (a, b) return tonumber(a) < tonumber(b) end))
local objects = {}
for i = 1, 10 do objects[i] = setmetatable({ v = (i * 7) % 11 }, { __lt = function (a, b) return a.v < b.v end }) end
table.sort(objects)
for _, o in ipairs(objects) do io.write(o.v, " ") end
print()
