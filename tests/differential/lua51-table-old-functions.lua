-- lua: 5.1
-- Functions for tables that went later.
local t = { 1, 2, 3, x = 4 }
print(table.getn(t), table.maxn(t), table.maxn({ [2.5] = 1, [-1] = 2 }), table.maxn({}))
table.foreachi(t, function(i, v) io.write(i, "=", v, " ") end) print()
print(table.foreachi(t, function(i, v) if v == 2 then return "found", "x" end end))
table.foreach({ 10, 20 }, function(k, v) io.write(k, "=", v, " ") end) print()
print(table.foreach(t, function(k) return k end))
print(pcall(table.setn, t, 2))
print(pcall(table.foreach, t))
print(pcall(table.getn))
print(unpack({ 1, 2, 3 }), unpack({ 1, 2, 3 }, 2), unpack({}, 1, 2))
print(table.unpack, table.pack)
