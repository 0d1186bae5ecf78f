-- lua: 5.4-5.5
-- Yields inside metamethods of every kind, results put where they belong.
local y = coroutine.yield
local mt = { __add = function (a, b) return y("add") end, __index = function (t, k) return y("index") end,
  __newindex = function (t, k, v) y("newindex") end, __call = function (_, x) return y("call") end,
  __eq = function () return y("eq") end, __lt = function () return y("lt") end, __le = function ()
  return y("le") end, __len = function () return y("len") end, __concat = function () return y("concat") end,
  __unm = function () return y("unm") end, __close = function () y("close") end, __shl = function ()
  return y("shl") end }
local t, u = setmetatable({}, mt), setmetatable({}, mt)
local function run(f) local co = coroutine.create(f) local _, v = coroutine.resume(co)
  while coroutine.status(co) ~= "dead" do io.write(v, " ") _, v = coroutine.resume(co, 10) end print(v) end
run(function () return t + 1 == 10 and 1 + t == 10 and 1 end)
run(function () return t.x + t[1] end)
run(function () t.x = 5 t[1] = 6 return 7 end)
run(function () return t(1) + 1 end)
run(function () if t == u then return 1 end end)
run(function () return t < u and 2 or 3 end)
run(function () if t <= u then return 4 end end)
run(function () return #t end)
run(function () return t .. "x" end)
run(function () return "a" .. "b" .. t .. "c" .. "d" end)
run(function () return -t end)
run(function () do local c <close> = t end return 8 end)
run(function () return t << 1 end)
run(function () return not (t < u) and 1 or 0 end)
run(function () local a = t.x; local b = t.y; return a + b end)
