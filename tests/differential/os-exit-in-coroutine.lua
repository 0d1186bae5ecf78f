-- lua: 5.4-5.5
-- os.exit inside a coroutine and protected calls.
pcall(coroutine.wrap(function () local x <close> = setmetatable({}, { __close = function () print("closed?")
  end }) pcall(function () print("leaving") os.exit(4, true) end) end))
print("not reached")
