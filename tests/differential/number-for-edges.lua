-- lua: 5.4-5.5
-- Numeric loops at the edges of the integers.
local function count(a, b, c)
  local n, first, last = 0, nil, nil
  for i = a, b, c do
    n = n + 1; first = first or i; last = i
    if n >= 10 then break end
  end
  print(n, first, last)
end
local max, min = math.maxinteger, math.mininteger
count(max - 2, max, 1)
count(min + 2, min, -1)
count(max, max, 1)
count(min, min, -1)
count(1, 0, 1)
count(0, 1, -1)
count(1, max, max)
count(min, max, max)
count(max, min, min)
count(-1, -3, -1)
count(1, 3, 2)
count(1, math.huge, 1)
count(1, -math.huge, 1)
count(-1, -math.huge, -1)
count(1, 2.9, 1)
count(1, -2.9, -1)
count(1, 0/0, 1)
count(max - 1, 1e308, 1)
count(min + 1, -1e308, -1)
