-- lua: 5.1 5.2 5.3 5.4 5.5
-- semantics of tables with floats, loops, closures
local t = {}
for i = 1, 10 do t[i] = i * i end
print(#t, t[3], t[10], t[11])
local s = 0
for k, v in pairs(t) do s = s + k * v end
print(s)
for i, v in ipairs(t) do if i > 3 then break end print(i, v, type(i)) end
local k = next({10})
print(k, type(k))
t = {10, 20, 30, x = 1, [2^53] = "big", [-1] = "neg", [1.5] = "half"}
print(t[1], t[2], t[3], t[2^53], t[-1], t[1.5], t[0])
t[0] = "zero"; print(t[0], t[-0])
local keys = {}
for k in pairs(t) do keys[#keys+1] = tostring(k) end
table.sort(keys); print(table.concat(keys, " "))
local mt = setmetatable({}, {__index = function(t, k) return type(k) .. tostring(k) end, __newindex = function(t, k, v) rawset(t, k, tostring(k) .. tostring(v)) end})
print(mt[1], mt[2.5], mt.x, mt[300000])
mt[5] = 7; print(rawget(mt, 5))
for i = 3, 1, -1 do io.write(i, " ") end print()
for i = 1, 2, 0.25 do io.write(tostring(i), " ") end print()
for i = 10, 1 do print("never") end
print(7 % 3, -7 % 3, 7 % -3, -7 % -3, 5.5 % 2)
local a, b = 7, -3
print(a % b, -a % b, a / b, a ^ 2, a .. b)
print(2^31, 2^53, 1e15, 1e100, 123456789012, 0.1, -0.5)
print(10 / 2, 3 * 2, 2^2, 7 - 7, 100000000000000)
local function f(...) return select('#', ...), ... end
print(f(1, nil, 3))
print((f(1, 2)))
local c = {}
for j = 1, 3 do local i = j c[i] = function() i = i + 1 return i end end
print(c[1](), c[1](), c[2]())
print(#"abc", #{1, 2, 3, nil}, -"2", "10" + 5, "0x10" + 0)
print(1 < 2, 1 <= 1, "a" < "b", 1 == 1.0, 2 > 3)
local n = 0
while n < 5 do n = n + 1 if n == 3 then break end end print(n)
repeat local z = n n = n - 1 until z <= 0 print(n)
print(tostring(1e15), 2^63, -2^63, 1/0, -1/0)
print(string.format("%d %s %g", 3, 4, 5))
print(math.floor(3.7), math.max(1, 2), ("x"):rep(3))
print(pcall(function() local x; x.y = 1 end))
print(pcall(function() return nil + 1 end))
print(pcall(function() undefinedglobal() end))
print(pcall(function() for i = 1, "x" do end end))
