-- [calls] Ackermann's function on globals: deep recursion, tail calls mixed with nested calls, global access.
-- N: rounds (default 40, small 1)
local N = tonumber((...)) or 40

function Ack(m, n)
  if m == 0 then
    return n + 1
  elseif n == 0 then
    return Ack(m - 1, 1)
  end
  return Ack(m - 1, Ack(m, n - 1))
end

local total = 0
for _ = 1, N do
  for n = 1, 7 do
    local value = Ack(3, n)
    assert(value == 2 ^ (n + 3) - 3)
    total = total + value
  end
  total = total + Ack(2, 60)
end
print("ackermann", N, total)
