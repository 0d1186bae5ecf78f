-- Data that nests a million levels deep: marked, freed, finalized.
local t = {}
for i = 1, 1000000 do t = { t } end
collectgarbage()
t = nil
collectgarbage()
local head = {}
for i = 1, 1000000 do head = setmetatable({}, { __index = head }) end
collectgarbage()
head = nil
collectgarbage()
local f = function () end
for i = 1, 300000 do local g = f; f = function () return g end end
collectgarbage()
f = nil
collectgarbage()
local co = coroutine.create(print)
for i = 1, 50000 do
  local inner = co
  co = coroutine.create(function () coroutine.yield() return inner end)
  coroutine.resume(co)
end
collectgarbage()
co = nil
collectgarbage()
local weak = setmetatable({}, { __mode = "k" })
local key = {}
local first = key
for i = 1, 5000 do local next_key = {}; weak[key] = next_key; key = next_key end
collectgarbage()
local count = 0
for _ in pairs(weak) do count = count + 1 end
assert(count == 5000 and first)
weak, key, first = nil, nil, nil
collectgarbage()
local done = 0
for i = 1, 100000 do setmetatable({}, { __gc = function () done = done + 1 end }) end
collectgarbage()
assert(done == 100000)
print("survived")
