-- lua: 5.3-5.5
-- next, pairs and ipairs over sequences.
for i, v in ipairs { "a", "b", nil, "d" } do io.write(i, v, " ") end
print()
for i, v in pairs { "a", "b", "c" } do io.write(i, v, " ") end
print()
local t = {}
for i = 1, 20 do t[i] = i * i end
for k, v in pairs(t) do io.write(k, "=", v, " ") end
print()
print(next {}, next { 5 }, next({ 5 }, 1), next({ 5, 6 }, 1), rawequal(t, t), type(next), select("#", next {}))
for k in pairs(t) do t[k] = nil end
print(next(t))
for i in ipairs(setmetatable({}, { __index = function (_, i) if i < 4 then return i end end })) do io.write(i, " ") end
print()
t = { 1, 2, 3, 4, 5 }
for i, v in ipairs(t) do if i == 1 then t[6] = 6 end io.write(v, " ") end
print()
