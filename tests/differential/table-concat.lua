-- lua: 5.3-5.5
-- table.concat over ranges, types and proxies.
print(table.concat({}), table.concat({ 1, 2, 3 }), table.concat({ 1, 2, 3 }, ", "), table.concat({ "a", 1.5,
  "b" }, "-"), table.concat({ 1, 2, 3 }, ",", 2), table.concat({ 1, 2, 3 }, ",", 2, 3), table.concat({ 1, 2,
  3 }, ",", 3, 2))
print(pcall(table.concat, { 1, nil, 3 }, ",", 1, 3))
print(pcall(table.concat, { {} }))
print(pcall(table.concat, { true }, ""))
print(pcall(table.concat, { 1 }, {}, 1))
print(table.concat({ [-1] = "a", [0] = "b", "c" }, ":", -1, 1), table.concat({ 1 }, 5, 1, 1), table.concat({ 1, 2 }, 0))
print(table.concat(setmetatable({}, { __index = function (_, i) return "v" .. i end, __len = function ()
  return 3 end }), " "))
print(table.concat({}, "x", math.maxinteger, math.mininteger), table.concat({ [math.maxinteger] = "top" },
  ",", math.maxinteger, math.maxinteger))
