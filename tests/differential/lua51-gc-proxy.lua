-- lua: 5.1
-- Only user values have finalizers: newproxy makes them.
local function object(name)
  local u = newproxy(true)
  getmetatable(u).__gc = function() print("gc", name) end
  return u
end
object("a") object("b")
setmetatable({}, { __gc = function() print("never") end })
collectgarbage() collectgarbage()
local kept = object("kept")
print(pcall(newproxy, {}), type(newproxy()), getmetatable(newproxy()))
local base = newproxy(true)
local copy = newproxy(base)
print(getmetatable(base) == getmetatable(copy), base == copy, pcall(newproxy, 5))
print(gcinfo() > 0, math.floor(collectgarbage("count")) > 0)
