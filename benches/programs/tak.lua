-- [calls] Takeuchi's function in three forms (upvalue, global, method): three-argument calls nested in calls.
-- N: rounds (default 150, small 1)
local N = tonumber((...)) or 150

local function tak(x, y, z)
  if y >= x then return z end
  return tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y))
end

function GlobalTak(x, y, z)
  if y >= x then return z end
  return GlobalTak(GlobalTak(x - 1, y, z), GlobalTak(y - 1, z, x), GlobalTak(z - 1, x, y))
end

local counter = { calls = 0 }
function counter:tak(x, y, z)
  self.calls = self.calls + 1
  if y >= x then return z end
  return self:tak(self:tak(x - 1, y, z), self:tak(y - 1, z, x), self:tak(z - 1, x, y))
end

local total = 0
for i = 1, N do
  local a = tak(18, 12, 6)
  local b = GlobalTak(18, 12, 6)
  local c = counter:tak(18, 12, 6)
  assert(a == 7 and b == 7 and c == 7)
  total = total + a + b + c + i
end
print("tak", N, total, counter.calls)
