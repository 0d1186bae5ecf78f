-- lua: all
-- How functions that hooks call are called.
local t = setmetatable({}, {__index = function(t, k) return ({name = "name"})[k] end, __add = function() return 1 end, __lt = function() return true end, __concat = function() return "c" end, __call = function() end, __unm = function() return 2 end})
local function show(e, l)
  local i = debug.getinfo(1, "n")
  io.write(e, " ", tostring(l), " ", tostring(i.name), " ", i.namewhat, "\n")
end
local function f(a, b)
  local x = a
  local y = t.name
  x = a + b
  x = #t
  x = print
  x = x == y
  if a < b then y = 1 end
  t.z = 5
  t.f = f
  tostring(x)
  t:m()
  for i, v in ipairs(t) do x = v end
  for i = 1, 2 do x = i end
  x = a .. b
  x = -a
  x = not a
  x = {}
  x = {1, 2, 3}
  x = function() return a end
  return x
end
t.m = function() end
local function run(...)
  debug.sethook(show, ...)
  f(1, 2)
  string.rep("x", 3)
  debug.sethook()
  print("--")
end
run("cr") run("l") 
