-- lua: all
-- __newindex as function and table.
local log = {}
local t = setmetatable({ old = 1 }, { __newindex = function (t, k,
  v) log[#log + 1] = k .. "=" .. tostring(v) rawset(t, k, v) end })
t.old = 2
t.new = 3
t.new = 4
t[1] = 5
t.gone = nil
print(table.concat(log, " "), t.old, t.new)
local store = {}
local p = setmetatable({}, { __newindex = store })
p.x = 1
print(rawget(p, "x"), store.x)
print(pcall(function () setmetatable({}, { __newindex = 5 }).x = 1 end))
print(pcall(function () local t = setmetatable({}, { __newindex = function () error("readonly", 2) end }) t.x = 1 end))
local c = setmetatable({}, {})
getmetatable(c).__newindex = c
print(pcall(function () c.x = 1 end))
local i = setmetatable({}, { __newindex = function (t, k, v) rawset(t, k, v * 2) end })
for n = 1, 3 do i[n] = n end
print(i[1], i[2], i[3])
table.insert(i, 4)
print(i[4])
