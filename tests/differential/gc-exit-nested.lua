-- lua: 5.4-5.5
-- What a state does while it is being closed.
local log = setmetatable({}, { __gc = function ()
  print(collectgarbage("count"), collectgarbage(), coroutine.running())
  print(pcall(error, "caught"))
  print(select("#", debug.traceback("trace"):gsub("\n", "|")), debug.traceback("trace"))
  setmetatable({}, { __gc = function () print("never") end })
  local co = coroutine.wrap(function () coroutine.yield(1); error("x") end)
  print(co(), pcall(co))
  for w in io.lines("gc-exit-nested.lua") do print(w); break end
end })
_G.keep = log
local t <close> = setmetatable({}, { __close = function (_, e)
  print("close", e, debug.traceback("in close"))
  collectgarbage()
end })
local function f () os.exit(true, true) end
f()
