-- Coroutines inside coroutines, thousands deep, and used against their nature.
local function nest(n) if n == 0 then return "bottom" end return coroutine.wrap(function () return nest(n - 1) end)() end
for _, n in ipairs { 10, 150, 250, 5000, 100000 } do pcall(nest, n) end
local function generators(n)
  local g = function () return n end
  for i = 1, n do local inner = g; g = coroutine.wrap(function () while true do coroutine.yield(inner()) end end) end
  return g
end
for _, n in ipairs { 10, 150, 250, 20000 } do pcall(generators(n)) end
local co
co = coroutine.create(function () return coroutine.resume(co) end)
coroutine.resume(co)
co = coroutine.wrap(function () return co() end)
pcall(co)
co = coroutine.create(function () return coroutine.close(co) end)
coroutine.resume(co)
co = coroutine.create(function () local x <close> = setmetatable({}, { __close = function () coroutine.close(co) end }) error("e") end)
coroutine.resume(co)
pcall(coroutine.close, co)
co = coroutine.create(function () debug.sethook(function () coroutine.yield() end, "l") local x = 1 return x end)
coroutine.resume(co)
coroutine.resume(co)
local many = {}
for i = 1, 100000 do
  many[i] = coroutine.create(function (...) local x <close> = setmetatable({}, { __close = function () error("late") end }) coroutine.yield(...) end)
  coroutine.resume(many[i], i)
end
for i = 1, 100000, 7 do pcall(coroutine.close, many[i]) end
many = nil
collectgarbage()
local function deep(n) if n == 0 then coroutine.yield() else deep(n - 1) end return n end
for i = 1, 20 do local c = coroutine.create(deep) coroutine.resume(c, 10000) coroutine.close(c) end
assert(not coroutine.resume(coroutine.create(function () local function f() return 1 + f() end return f() end)))
co = coroutine.create(function () local function f() return pcall(f) end f() end)
coroutine.resume(co)
print("survived")
