-- lua: 5.3-5.5
-- table.move, overlapping and with metamethods.
local function show(t) local r = {} for i = 1, 8 do r[i] = tostring(t[i]) end print(table.concat(r, " ")) end
show(table.move({ 1, 2, 3, 4, 5 }, 2, 4, 1))
show(table.move({ 1, 2, 3, 4, 5 }, 1, 3, 3))
show(table.move({ 1, 2, 3 }, 1, 3, 2, {}))
show(table.move({ 1, 2, 3 }, 1, 0, 5))
show(table.move({ 1, 2, 3 }, 1, 3, 1))
show(table.move({ 1, nil, 3 }, 1, 3, 2))
print(pcall(table.move, { 1 }, 1, math.maxinteger, 2))
print(pcall(table.move, { 1 }, math.mininteger, 2, 1))
print(pcall(table.move, { 1 }, -1, math.maxinteger, 2))
print(pcall(table.move, 1, 1, 1, 1))
print(pcall(table.move, {}, 1, 1))
print(pcall(table.move, {}, 1, 2, 3, 4))
local log = {}
local proxy = setmetatable({}, { __index = function (_, k) log[#log + 1] = "get" .. k return k * 10 end,
  __newindex = function (_, k, v) log[#log + 1] = "set" .. k .. "=" .. v end })
table.move(proxy, 1, 2, 3)
print(table.concat(log, " "))
