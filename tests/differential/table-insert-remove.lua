-- lua: all
-- table.insert and table.remove, and their bounds.
local t = {}
table.insert(t, "a")
table.insert(t, 1, "b")
table.insert(t, 2, "c")
table.insert(t, #t + 1, "d")
print(table.concat(t, " "))
print(table.remove(t), table.remove(t, 1), table.concat(t, " "), table.remove(t, #t + 1), table.remove({}),
  table.remove({}, 0), #t)
print(table.remove({ 1, 2, 3 }, 2), table.remove({ [0] = "z" }, 0), table.remove({}, nil))
print(pcall(table.insert, { 1 }, 0, "x"))
print(pcall(table.insert, { 1 }, 3, "x"))
print(pcall(table.insert, { 1 }, 1, 2, 3))
print(pcall(table.insert, { 1 }))
print(pcall(table.insert, nil, 1))
print(pcall(table.insert, { 1 }, "x", 1))
print(pcall(table.remove, { 1, 2 }, 4))
print(pcall(table.remove, { 1, 2 }, 0))
print(pcall(table.remove, {}, 2))
print(select("#", table.insert({}, 1)), select("#", table.remove({})))
