-- [gc] Linked lists made and dropped: cons cells, map, filter, append, merge sort, a queue that slides through memory.
-- N: rounds (default 130, small 1)
local N = tonumber((...)) or 130

local function cons(head, tail) return { head, tail } end

local function list(n, f)
  local l
  for i = n, 1, -1 do l = cons(f(i), l) end
  return l
end
local function map(l, f)
  if not l then return nil end
  local first = cons(f(l[1]))
  local last = first
  l = l[2]
  while l do
    local cell = cons(f(l[1]))
    last[2] = cell
    last, l = cell, l[2]
  end
  return first
end
local function reverse(l)
  local r
  while l do r, l = cons(l[1], r), l[2] end
  return r
end
local function filter(l, keep)
  local r
  while l do
    if keep(l[1]) then r = cons(l[1], r) end
    l = l[2]
  end
  return reverse(r)
end
local function append(a, b)
  if not a then return b end
  return cons(a[1], append(a[2], b))
end
local function length(l)
  local n = 0
  while l do n, l = n + 1, l[2] end
  return n
end
local function sum(l)
  local s = 0
  while l do s, l = s + l[1], l[2] end
  return s
end

local function merge(a, b)
  local head = {}
  local last = head
  while a and b do
    local cell
    if a[1] <= b[1] then
      cell, a = cons(a[1]), a[2]
    else
      cell, b = cons(b[1]), b[2]
    end
    last[2] = cell
    last = cell
  end
  last[2] = a or b
  return head[2]
end
local function sort(l, n)
  if n <= 1 then return l and cons(l[1]) end
  local half = math.floor(n / 2)
  local rest = l
  for _ = 1, half do rest = rest[2] end
  return merge(sort(l, half), sort(rest, n - half))
end

-- A window of live nodes with links both ways; the old end is dropped as the new end grows.
local function sliding(count, window)
  local head = { value = 0 }
  local tail, total = head, 0
  for i = 1, count do
    local node = { value = i, prev = head }
    head.next = node
    head = node
    if i > window then
      total = total + tail.value
      tail = tail.next
      tail.prev = nil
    end
  end
  return total
end

local checksum = 0
for round = 1, N do
  local l = list(2000, function(i) return i * (round + 7) % 1009 end)
  local m = map(l, function(v) return v * 2 + 1 end)
  local f = filter(m, function(v) return v % 3 ~= 0 end)
  local long = append(list(100, function(i) return i end), f)
  local n = length(long)
  local sorted = sort(long, n)
  assert(length(sorted) == n and sum(sorted) == sum(long) and sum(reverse(l)) == sum(l))
  local previous = -1
  for _ = 1, n do
    assert(sorted[1] >= previous)
    previous, sorted = sorted[1], sorted[2]
  end
  checksum = (checksum + sum(long) + sliding(4000, 200 + round)) % 1000003
end
print("linked_lists", N, checksum)
