-- Collections at the worst moments.
local t = setmetatable({}, { __index = function (t, k) collectgarbage() return k end, __newindex = function (t, k, v) collectgarbage() rawset(t, k, v) collectgarbage() end,
  __len = function () collectgarbage() return 3 end, __concat = function (a, b) collectgarbage() return "c" end, __eq = function () collectgarbage() return true end,
  __lt = function () collectgarbage() return false end, __call = function (_, ...) collectgarbage() return ... end, __close = function () collectgarbage() end, __gc = function () collectgarbage() end })
for i = 1, 20 do
  t[{}] = {}
  local _ = t.x .. t.y, #t, t .. "a" .. t, t == setmetatable({}, getmetatable(t)), t < t, t({}, {}, {})
  local c <close> = setmetatable({}, getmetatable(t))
  table.sort({ {}, {}, {} }, function () collectgarbage() return false end)
  local _ = ("abc"):gsub(".", function (c) collectgarbage() return { c } and c .. c end)
  local _ = table.concat({ "a", ("b"):rep(100) }), load(function () collectgarbage() return nil end)
end
for k, v in pairs(t) do t[k] = nil collectgarbage("step") end
local done = 0
for i = 1, 200 do setmetatable({}, { __gc = function (o) done = done + 1 setmetatable(o, getmetatable(o)) if done < 5000 then setmetatable({}, getmetatable(o)) end end }) end
for i = 1, 30 do collectgarbage() end
collectgarbage("generational")
for i = 1, 20000 do local x = { i, tostring(i), function () return i end } end
collectgarbage("incremental")
for i = 1, 20000 do local x = { i, tostring(i), function () return i end } end
local keep = setmetatable({}, { __mode = "kv" })
for i = 1, 1000 do keep[{}] = {} keep[i] = {} if i % 100 == 0 then collectgarbage("step", i) end end
collectgarbage("stop")
for i = 1, 1000 do local _ = {} end
collectgarbage("restart")
print("survived")
