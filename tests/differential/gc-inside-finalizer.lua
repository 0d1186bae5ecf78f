-- lua: 5.4-5.5
-- What a finalizer may do.
collectgarbage("stop")
setmetatable({}, { __gc = function () print(collectgarbage(), collectgarbage("count"), collectgarbage("step")) end })
collectgarbage()
setmetatable({}, { __gc = function () print(pcall(error, "caught", 0)) end })
collectgarbage()
local co = coroutine.wrap(function () setmetatable({}, { __gc = function () print(coroutine.isyieldable(),
  select(2, coroutine.running())) end }) collectgarbage() end)
co()
