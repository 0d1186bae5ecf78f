-- lua: all
-- Library functions that can't be yielded across.
print(coroutine.resume(coroutine.create(function () table.sort({ 3, 2, 1 }, function (a, b) coroutine.yield()
  end) end)))
print(coroutine.resume(coroutine.create(function () ("x"):gsub("x", function () coroutine.yield() end) end)))
print(coroutine.resume(coroutine.create(function () load(function () coroutine.yield() end) end)))
print(coroutine.resume(coroutine.create(function () tostring(setmetatable({}, { __tostring = function ()
  coroutine.yield() end })) end)))
print(coroutine.resume(coroutine.create(function () table.insert(setmetatable({}, { __newindex = function ()
  coroutine.yield() end }), 1) end)))
print(coroutine.resume(coroutine.create(function () require "nonexistent_module_x" end)) == false)
print(pcall(coroutine.yield))
print(coroutine.wrap(function () return dofile and 1 end)())
print(coroutine.resume(coroutine.create(function () return pcall(table.sort, { 2, 1 }, coroutine.yield) end)))
