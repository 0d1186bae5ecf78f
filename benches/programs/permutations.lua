-- [arrays] Permutations in arrays: Heap's algorithm, lexicographic successor, prefix reversals (pancake flips).
-- N: rounds over 8 elements (default 24, small 1)
local N = tonumber((...)) or 24
local SIZE = 8

local function heap_order(n, visit)
  local a, c = {}, {}
  for i = 1, n do a[i], c[i] = i, 1 end
  visit(a)
  local i = 2
  while i <= n do
    if c[i] < i then
      local k = i % 2 == 1 and 1 or c[i]
      a[k], a[i] = a[i], a[k]
      visit(a)
      c[i] = c[i] + 1
      i = 2
    else
      c[i] = 1
      i = i + 1
    end
  end
end

local function successor(a)
  local n = #a
  local i = n - 1
  while i > 0 and a[i] >= a[i + 1] do i = i - 1 end
  if i == 0 then return false end
  local j = n
  while a[j] <= a[i] do j = j - 1 end
  a[i], a[j] = a[j], a[i]
  local lo, hi = i + 1, n
  while lo < hi do
    a[lo], a[hi] = a[hi], a[lo]
    lo, hi = lo + 1, hi - 1
  end
  return true
end

local scratch = {}
local function flips(a)
  for i = 1, #a do scratch[i] = a[i] end
  local count = 0
  local first = scratch[1]
  while first ~= 1 do
    local lo, hi = 1, first
    while lo < hi do
      scratch[lo], scratch[hi] = scratch[hi], scratch[lo]
      lo, hi = lo + 1, hi - 1
    end
    count = count + 1
    first = scratch[1]
  end
  return count
end

local count, most, total = 0, 0, 0
local function visit(a)
  count = count + 1
  local f = flips(a)
  total = total + f
  if f > most then most = f end
end
for _ = 1, N do heap_order(SIZE, visit) end

local steps, inversions = 0, 0
for _ = 1, N do
  local a = {}
  for i = 1, SIZE do a[i] = i end
  repeat
    steps = steps + 1
    if a[1] > a[SIZE] then inversions = inversions + 1 end
  until not successor(a)
end
assert(steps == count and inversions * 2 == count)
print("permutations", N, count, most, total)
