-- lua: 5.3
-- The table library respects metamethods.
local store = { 10, 20, 30 } local t = setmetatable({}, { __index = store, __newindex = store, __len = function() return #store end })
table.insert(t, 40) print(#store, table.concat(t, " "), table.unpack(t)) print(table.remove(t), #store, table.remove(t, 1), store[1])
table.sort(t, function(a, b) return a > b end) print(table.concat(store, " "))
print(pcall(table.insert, { 1, 2 }, 5, 1)) print(pcall(table.insert, { 1 }, 0, 1)) print(pcall(table.insert, {})) print(pcall(table.remove, { 1, 2 }, 5)) print(table.remove({}, 0), pcall(table.concat, { {} })) print(pcall(table.insert, 5, 1)) print(pcall(table.unpack, {}, 1, 1e8)) print(pcall(table.concat, setmetatable({}, { __len = function() return 1.5 end })))
print(table.unpack({ 1, 2, 3 }, -1, 1), table.pack().n, pcall(table.sort, { 1, "x" })) print(pcall(table.sort, { 3, 2, 1, 4, 5 }, function() return true end))
print(pcall(ipairs)) for i, v in ipairs(setmetatable({}, { __index = function(_, i) if i < 4 then return i * 10 end end })) do io.write(i, "=", v, " ") end print()
print(pairs(setmetatable({}, { __pairs = function() return 1, 2, 3 end }))) print(ipairs(setmetatable({}, { __ipairs = function() return 1, 2, 3 end })))
