local co = coroutine.create(function ()
  local guard <close> = setmetatable({}, { __close = function () print("released") end }) -- expect: released
  coroutine.yield()
end)
coroutine.resume(co)
print(coroutine.close(co), coroutine.status(co)) -- expect: true	dead
