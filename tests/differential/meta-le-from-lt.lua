-- lua: 5.2-5.4
-- Without __le, a <= b is not (b < a), as the stock build has it.
local mt = { __lt = function (a, b) io.write("lt ") return a.v < b.v end }
local function new(v) return setmetatable({ v = v }, mt) end
print(new(1) <= new(2), new(2) <= new(1), new(1) <= new(1), new(1) >= new(2), new(2) >= new(2))
print(coroutine.wrap(function () local t = setmetatable({}, { __lt = function () coroutine.yield("yielded")
  return false end }) return t <= t end)())
print(pcall(function () return {} <= new(1) end))
if new(1) <= new(2) then print("then") else print("else") end
