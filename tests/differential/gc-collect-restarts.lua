-- lua: all
-- Whether a collection ends a stop of the collector.
local function collects()
  local before, garbage = collectgarbage("count"), nil
  for i = 1, 100000 do garbage = { i, "text " .. i } end
  return collectgarbage("count") - before < 4000
end
print(collects())
collectgarbage("stop") print(collects())
collectgarbage() print(collects())
collectgarbage("stop") print(collects())
collectgarbage("restart") collectgarbage() print(collects())
