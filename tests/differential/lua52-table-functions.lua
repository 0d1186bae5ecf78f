-- lua: 5.2
-- table.pack, table.unpack and the old ones.
local p = table.pack(1, nil, 3) print(p.n, p[1], p[3])
print(table.unpack({ 1, 2, 3 }, 2), table.unpack({ 1, 2 }, 1, 3), unpack == table.unpack)
print(pcall(table.unpack, {}, 1, 1e7))
print(table.maxn({ 1, 2, [10] = 1 }), table.getn, table.foreach, table.move)
print(pcall(table.insert, { 1, 2 }, 5, 1)) print(pcall(table.insert, { 1 }, 0, 1)) print(pcall(table.insert, {}))
print(table.remove({}), table.remove({ 1 }, 2), pcall(table.remove, { 1, 2 }, 5), table.remove({}, 0))
print(table.concat({ 1, 2, 3 }, ", ", 2, 3), pcall(table.concat, { 1, {}, 3 }))
print(pcall(table.sort, { 3, 1, "x" })) print(pcall(table.sort, { 1, 2 }, 5))
