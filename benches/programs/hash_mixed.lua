-- [tables] Keys of every kind in one table (strings, integers, floats, booleans, tables, functions), with insertion, deletion and growth.
-- N: rounds (default 180, small 1)
local N = tonumber((...)) or 180

local function key_kinds(n)
  local t, objects = {}, {}
  for i = 1, n do
    local object = { id = i }
    objects[i] = object
    t[object] = i
    t[i] = i
    t[i + 0.5] = i
    t["k" .. i] = i
    t[-i] = i
  end
  t[true], t[false], t[print] = 1, 2, 3
  local h = t[true] + t[false] + t[print]
  for i = 1, n do
    h = h + t[objects[i]] + t[i] + t[i + 0.5] + t["k" .. i] + t[-i] + t[i + 0.0]
  end
  for i = 1, n, 3 do
    t[objects[i]] = nil
    t[i + 0.5] = nil
    t["k" .. i] = nil
  end
  local left = 0
  for _ in pairs(t) do left = left + 1 end
  return h + left
end

-- A least-recently-used cache: a doubly linked list through a map.
local function cache(capacity, requests)
  local map, size, hits = {}, 0, 0
  local head = {}
  head.next, head.prev = head, head
  local function unlink(e)
    e.prev.next, e.next.prev = e.next, e.prev
  end
  local function push(e)
    e.next, e.prev = head.next, head
    head.next.prev = e
    head.next = e
  end
  local seed = 31
  for _ = 1, requests do
    seed = seed * 16807 % 2147483647
    local key = seed % 100 < 60 and seed % 40 or "far" .. seed % 900
    local e = map[key]
    if e then
      hits = hits + 1
      unlink(e)
    else
      if size == capacity then
        local old = head.prev
        unlink(old)
        map[old.key] = nil
      else
        size = size + 1
      end
      e = { key = key }
      map[key] = e
    end
    push(e)
  end
  return hits
end

-- Sets as tables: union, intersection, difference.
local function set_of(n, step)
  local s = {}
  for i = 1, n do s[i * step % 2003] = true end
  return s
end
local function sets(n)
  local a, b = set_of(n, 3), set_of(n, 5)
  local both, either, only = {}, {}, {}
  for k in pairs(a) do
    either[k] = true
    if b[k] then both[k] = true else only[k] = true end
  end
  for k in pairs(b) do either[k] = true end
  local x, y, z = 0, 0, 0
  for k in pairs(both) do x = x + k end
  for k in pairs(either) do y = y + k end
  for k in pairs(only) do z = z + k end
  return x * 3 + y * 5 + z * 7
end

-- Many small tables that grow from nothing.
local function grow(n)
  local total = 0
  for i = 1, n do
    local t = {}
    for j = 1, i % 12 do t["f" .. j] = j end
    t.x, t.y = i, -i
    for j = 1, i % 5 do t[j] = j end
    total = total + t.x + #t
  end
  return total
end

local checksum = 0
for round = 1, N do
  checksum = (checksum + key_kinds(500) + cache(120, 4000)) % 1000003
  checksum = (checksum + sets(600 + round % 50) + grow(1000)) % 1000003
end
print("hash_mixed", N, string.format("%.0f", checksum))
