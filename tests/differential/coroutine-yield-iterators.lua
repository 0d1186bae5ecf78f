-- lua: 5.2-5.5
-- Yields inside iterators and in for loops.
local co = coroutine.wrap(function () for i in function (_, c) c = (c or 0) + 1 coroutine.yield("it" .. c)
  if c < 3 then return c end end do io.write("body", i, " ") end return "end" end)
print(co(), co(), co(), co())
co = coroutine.wrap(function () for i = 1, 3 do coroutine.yield(i) end for k, v in pairs { 1, 2 } do
  coroutine.yield(v) end end)
print(co(), co(), co(), co(), co(), co())
co = coroutine.wrap(function () return table.unpack({ coroutine.yield(1), coroutine.yield(2) }) end)
print(co(), co("a"), co("b"))
co = coroutine.wrap(function () return select("#", nil, coroutine.yield()) end)
co()
print(pcall(co, 1, 2))
