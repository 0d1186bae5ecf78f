-- lua: 5.4-5.5
-- A wrapped coroutine that fails closes its variables first.
local co = coroutine.wrap(function () local x <close> = setmetatable({}, { __close = function (_, e)
  print("closed with", e) end }) error("oops", 0) end)
print(pcall(co))
print(pcall(co))
co = coroutine.wrap(function () local x <close> = setmetatable({}, { __close = function (_, e) error("second",
  0) end }) error("first", 0) end)
print(pcall(co))
co = coroutine.create(function () local x <close> = setmetatable({}, { __close = function (_, e) print("late",
  e) end }) error("kept", 0) end)
print(coroutine.resume(co))
print(coroutine.status(co))
print(coroutine.close(co))
