-- lua: 5.3-5.4
-- Garbage does not pile up.
collectgarbage()
collectgarbage()
local base = collectgarbage("count")
for i = 1, 200000 do local t = { i, tostring(i) } end
collectgarbage()
print(collectgarbage("count") < base * 2)
local t = {}
for i = 1, 10000 do t[i] = { i } end
local full = collectgarbage("count")
t = nil
collectgarbage()
print(collectgarbage("count") < full)
local s = ("x"):rep(1 << 20)
print(collectgarbage("count") > base + 1000)
s = nil
collectgarbage()
print(collectgarbage("count") < base + 1000)
