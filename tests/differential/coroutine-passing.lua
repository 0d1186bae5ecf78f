-- lua: 5.2-5.5
-- Many values through resume and yield.
local co = coroutine.wrap(function (...) local n = select("#", ...) while true do n = select("#",
  coroutine.yield(n)) end end)
print(co(), co(1), co(1, 2, nil), co(table.unpack({}, 1, 100)), co(nil))
print(select("#", coroutine.wrap(function () return table.unpack({}, 1, 200) end)()))
print(select("#", coroutine.resume(coroutine.create(function (...) return coroutine.yield(...) end),
  table.unpack({}, 1, 150))))
print(coroutine.wrap(function (...) return ... end)(1, nil, 3, nil))
local gen = function (n) return coroutine.wrap(function () for i = 1, n do coroutine.yield(i) end end) end
local function filter(p, g) return coroutine.wrap(function () for n in g do if n % p ~= 0 then
  coroutine.yield(n) end end end) end
local x = coroutine.wrap(function () for i = 2, 60 do coroutine.yield(i) end end)
while true do local n = x() if n == nil then break end io.write(n, " ") x = filter(n, x) end
print()
