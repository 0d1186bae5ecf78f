-- [sorting] Sorts written in Lua over arrays: quicksort, heapsort, merge sort, shell sort, radix sort, insertion sort.
-- N: rounds (default 45, small 1)
local N = tonumber((...)) or 45
local floor = math.floor

local function insertion(a, lo, hi)
  for i = lo + 1, hi do
    local v, j = a[i], i - 1
    while j >= lo and a[j] > v do
      a[j + 1] = a[j]
      j = j - 1
    end
    a[j + 1] = v
  end
end

local function quick(a, lo, hi)
  while hi - lo > 12 do
    local mid = floor((lo + hi) / 2)
    local x, y, z = a[lo], a[mid], a[hi]
    if x > y then x, y = y, x end
    if y > z then y = z end
    local pivot = x > y and x or y
    local i, j = lo, hi
    while i <= j do
      while a[i] < pivot do i = i + 1 end
      while a[j] > pivot do j = j - 1 end
      if i <= j then
        a[i], a[j] = a[j], a[i]
        i, j = i + 1, j - 1
      end
    end
    if j - lo < hi - i then
      quick(a, lo, j)
      lo = i
    else
      quick(a, i, hi)
      hi = j
    end
  end
  insertion(a, lo, hi)
end

local function sift(a, root, last)
  local v = a[root]
  while true do
    local child = root * 2
    if child > last then break end
    if child < last and a[child] < a[child + 1] then child = child + 1 end
    if a[child] <= v then break end
    a[root] = a[child]
    root = child
  end
  a[root] = v
end
local function heap(a)
  local n = #a
  for i = floor(n / 2), 1, -1 do sift(a, i, n) end
  for last = n, 2, -1 do
    a[1], a[last] = a[last], a[1]
    sift(a, 1, last - 1)
  end
end

local function merge(a)
  local n, from, to, width = #a, a, {}, 1
  while width < n do
    for lo = 1, n, width * 2 do
      local mid = math.min(lo + width, n + 1)
      local hi = math.min(lo + width * 2, n + 1)
      local i, j = lo, mid
      for k = lo, hi - 1 do
        if i < mid and (j >= hi or from[i] <= from[j]) then
          to[k] = from[i]
          i = i + 1
        else
          to[k] = from[j]
          j = j + 1
        end
      end
    end
    from, to = to, from
    width = width * 2
  end
  if from ~= a then
    for i = 1, n do a[i] = from[i] end
  end
end

local function shell(a)
  local n, gap = #a, 1
  while gap < floor(n / 3) do gap = gap * 3 + 1 end
  while gap > 0 do
    for i = gap + 1, n do
      local v, j = a[i], i
      while j > gap and a[j - gap] > v do
        a[j] = a[j - gap]
        j = j - gap
      end
      a[j] = v
    end
    gap = floor(gap / 3)
  end
end

local function radix(a)
  local shift = 1
  for _ = 1, 3 do
    local buckets = {}
    for i = 0, 255 do buckets[i] = {} end
    for i = 1, #a do
      local v = a[i]
      local b = buckets[floor(v / shift) % 256]
      b[#b + 1] = v
    end
    local k = 0
    for i = 0, 255 do
      local b = buckets[i]
      for j = 1, #b do
        k = k + 1
        a[k] = b[j]
      end
    end
    shift = shift * 256
  end
end

local seed = 123
local function numbers(n)
  local a = {}
  for i = 1, n do
    seed = seed * 16807 % 2147483647
    a[i] = seed % 16000000
  end
  return a
end

local function hash(a)
  local h = 0
  for i = 1, #a do
    if i > 1 then assert(a[i - 1] <= a[i]) end
    h = (h * 7 + a[i]) % 1000003
  end
  return h
end

local sorts = { function(a) quick(a, 1, #a) end, heap, merge, shell, radix }
local checksum = 0
for _ = 1, N do
  local source = numbers(6000)
  local first
  for _, sort in ipairs(sorts) do
    local copy = {}
    for i = 1, #source do copy[i] = source[i] end
    sort(copy)
    local h = hash(copy)
    first = first or h
    assert(h == first)
  end
  local short = numbers(250)
  insertion(short, 1, #short)
  checksum = (checksum + first + hash(short)) % 1000003
end
print("sort_handwritten", N, checksum)
