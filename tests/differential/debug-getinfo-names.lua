-- lua: 5.4-5.5
-- How a running function was called, as getinfo names it.
collectgarbage("stop")
local function who() local i = debug.getinfo(2, "nt") return tostring(i.name), i.namewhat, i.istailcall end
global = function () print(who()) end
local t = { field = global, [1] = global }
local up = global
global()
t.field()
t:field()
t[1]()
up()
local loc = global
loc()
;(function () print(who()) end)()
local function upv() up() end
upv()
local mt = { __index = function () print(who()) end, __add = function () print(who()) end,
  __call = function () print(who()) end, __close = function () print(who()) end, __lt = function ()
  print(who()) end, __concat = function () print(who()) end, __len = function () print(who()) end,
  __unm = function () print(who()) end, __newindex = function () print(who()) end, __eq = function ()
  print(who()) end }
local o = setmetatable({}, mt)
local _ = o.x, o + 1, o(), o < o, o .. "x", #o, -o, o == setmetatable({}, mt)
o.y = 1
do local c <close> = o end
for _ in global do end
pcall(global)
table.sort({ 1, 2 }, function () print(who()) return false end)
;("x"):gsub("x", function () print(who()) end)
coroutine.wrap(global)()
print(pcall(string.rep))
local function tail() return global() end
tail()
setmetatable({}, { __gc = function () print(who()) end })
collectgarbage()
