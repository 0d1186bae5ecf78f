-- lua: 5.1
-- table.insert and table.remove.
local t = { "a", "b", "c" }
table.insert(t, "d") table.insert(t, 1, "z") table.insert(t, 10, "far")
print(#t, t[10], table.concat(t, " ", 1, 5))
print(table.remove(t), table.remove({}), table.remove({ 1, 2, 3 }, 1), table.remove({ 1, 2, 3 }, 7))
print(select("#", table.remove({})), select("#", table.remove({ 1 }, 5)))
print(pcall(table.insert, t))
print(pcall(table.insert, t, 1, 2, 3))
print(pcall(table.insert, nil, 1))
print(pcall(table.concat, { {} }))
print(pcall(table.concat, { 1, nil, 3 }, ",", 1, 3))
print(table.concat({ 1, 2.5, "x" }, "-"))
