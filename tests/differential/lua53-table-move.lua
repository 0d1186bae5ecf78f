-- lua: 5.3
-- table.move.
local t = { 1, 2, 3 } table.move(t, 1, 3, 2) print(table.concat(t, " ")) table.move(t, 2, 4, 1) print(table.concat(t, " "))
print(table.concat(table.move({ 1, 2, 3 }, 2, 3, 1, {}), " "), #table.move({}, 1, 0, 5))
print(pcall(table.move, {}, 1, math.maxinteger, 2)) print(pcall(table.move, {}, -1, math.maxinteger, 2)) print(pcall(table.move, 1, 2, 3, 4)) print(pcall(table.move, {}, 1, 2)) print(pcall(table.move, {}, 1, 2, 3, 5))
local log = {} local p = setmetatable({}, { __index = function(_, k) log[#log + 1] = "r" .. k return k end, __newindex = function(_, k, v) log[#log + 1] = "w" .. k end })
table.move(p, 1, 3, 3) print(table.concat(log, " "))
