-- lua: all
local function pass(...) return ... end
local function try(f, ...) print(pcall(function(...) return pass(f(...)) end, ...)) end
local function show(t) local o = {} for i = 1, #t do o[i] = tostring(t[i]) end return table.concat(o, ",") end
try(table.concat) try(table.concat, {1, 2, 3}) try(table.concat, {1, 2, 3}, "-") try(table.concat, {1, 2, 3}, "-", 2) try(table.concat, {1, 2, 3}, "-", 2, 3) try(table.concat, {1, {}, 3}) try(table.concat, {1, 2}, {}) try(table.concat, 1, {}) try(table.concat, {}, ",", 1, 2) try(table.concat, {"a"}, ",", 2^31, 2^31) try(table.concat, {}, "x", 5, 3) try(table.concat, {1.5, 2.0, "x"})
local t = {1, 2, 3} table.insert(t, 4) table.insert(t, 1, 0) print(show(t))
try(table.insert, t) try(table.insert, t, 1, 2, 3) try(table.insert, t, 10, 5) try(table.insert, t, 0, 5) try(table.insert, t, "x", 5) try(table.insert, 1, 5) try(table.insert, nil) try(table.insert, t, 1.5, 5)
print(show(t), #t)
t = {1, 2, 3} print(table.remove(t), table.remove(t, 1), show(t)) try(table.remove, t, 5) try(table.remove, t, 0) try(table.remove, {}) try(table.remove, {}, 0) try(table.remove, {}, 1) try(table.remove, 1) print(select("#", table.remove({})))
try(table.remove, {1,2,3}, 4) try(table.remove, {1,2,3}, -1) try(table.remove, {1,2,3}, "2")
t = {5, 2, 8, 1, 9, 3} table.sort(t) print(show(t)) table.sort(t, function(a, b) return a > b end) print(show(t))
try(table.sort, {1, "x"}) try(table.sort, {1, 2, 3}, 1) try(table.sort, 1)
try(table.sort, {1, 2, 3, 4, 5}, function() return true end) try(table.sort, {5, 4, 3, 2, 1, 6, 7}, function() return true end)
local log = {} t = {} for i = 1, 12 do t[i] = (i * 7) % 13 end
table.sort(t, function(a, b) log[#log + 1] = a .. "<" .. b return a < b end) print(show(t)) print(table.concat(log, " "))
t = {} for i = 1, 300 do t[i] = (i * 7919) % 301 end log = 0 table.sort(t, function(a, b) log = log + a * 3 + b return a < b end) print(log)
if table.pack then local p = table.pack(1, nil, 3, nil) print(p.n, p[1], p[2], p[3]) print(table.unpack({1, 2, 3}, 2)) try(table.unpack, {}, 1, 1e7) try(table.unpack, {1,2}, -1, 1) end
if table.move then try(table.move, {1, 2, 3}, 1, 3, 2) print(show(table.move({1, 2, 3}, 1, 3, 3))) try(table.move, {}, 1, 2) try(table.move, 1, 1, 2, 3) print(show(table.move({1, 2}, 1, 2, 1, {9, 9, 9}))) try(table.move, {}, -1, math.maxinteger, 2) end
if table.maxn then print(table.maxn{1, 2, [10] = 1, [3.5] = 2, x = 1}, table.maxn{}) try(table.maxn) end
if table.getn then print(table.getn{1, 2, 3, n = 10}) try(table.setn, {}, 3) table.foreach({10}, print) table.foreachi({10, 20}, print) print(table.foreach({1, 2, 3}, function(k, v) if v == 2 then return "found" end end)) print(table.foreachi({1, 2, 3}, function(k, v) if v == 2 then return "found" end end)) try(table.foreach, {}) try(table.foreachi, 1) end
if table.create then print(#table.create(10), #table.create(0, 5)) try(table.create) try(table.create, -1) try(table.create, 1, -1) try(table.create, 2^31) try(table.create, "x") end
local proxy = setmetatable({}, {__len = function() return 3 end, __index = function(_, k) return k * 2 end, __newindex = function(_, k, v) rawset(log2, k, v) end})
log2 = {}
try(table.concat, proxy, ",") try(table.unpack or unpack, proxy) try(table.insert, proxy, 5) try(table.remove, proxy) try(table.sort, proxy)
for k, v in pairs(log2) do io.write(tostring(k), "=", tostring(v), " ") end print()
local bad = setmetatable({}, {__len = function() return "x" end}) try(table.insert, bad, 1) try(table.concat, bad) try(table.unpack or unpack, bad) try(table.sort, bad)
local half = setmetatable({}, {__len = function() return 1.5 end}) try(table.concat, half) try(table.insert, half, 1)
try(table.concat, "abc") try(table.unpack or unpack, "abc") try(table.insert, "abc", 1)
