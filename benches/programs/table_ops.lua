-- [arrays] The table library on arrays: insert and remove at both ends, move, unpack, stacks, queues, rotation, the length operator.
-- N: rounds (default 200, small 2)
-- lua: 5.3-5.5
local N = tonumber((...)) or 200
local insert, remove, move, unpack = table.insert, table.remove, table.move, table.unpack or unpack
local pack = table.pack or function(...) return { n = select("#", ...), ... } end

local function stack(n)
  local s, total = {}, 0
  for i = 1, n do
    insert(s, i)
    if i % 3 == 0 then total = total + remove(s) end
  end
  while #s > 0 do total = total + remove(s) * #s % 7 end
  return total
end

local function raw_stack(n)
  local s, total = {}, 0
  for i = 1, n do
    s[#s + 1] = i
    if i % 4 == 0 then
      total = total + s[#s]
      s[#s] = nil
    end
  end
  return total + #s
end

local function queue(n)
  local q, head, tail, total = {}, 1, 0, 0
  for i = 1, n do
    tail = tail + 1
    q[tail] = i
    if i % 2 == 0 then
      total = total + q[head]
      q[head] = nil
      head = head + 1
    end
  end
  while head <= tail do
    total = total + q[head] % 3
    q[head] = nil
    head = head + 1
  end
  return total
end

local function front(n)
  local list, total = {}, 0
  for i = 1, n do insert(list, 1, i) end
  for i = 1, n do insert(list, i * 2 - 1, -i) end
  while #list > 0 do
    total = total * 3 + remove(list, 1)
    total = total % 1000003
    if #list > 0 then total = total + remove(list, math.floor(#list / 2) + 1) end
  end
  return total
end

local function moves(n)
  local a = {}
  for i = 1, n do a[i] = i end
  local b = move(a, 1, n, 1, {})
  move(b, 1, n - 10, 11)
  move(b, 11, n, 1)
  for _ = 1, 20 do
    local first = b[1]
    move(b, 2, n, 1)
    b[n] = first
  end
  local total = 0
  for i = 1, n do total = (total + i * b[i]) % 1000003 end
  return total
end

local function chunks(n)
  local total = 0
  local list = {}
  for i = 1, 60 do list[i] = i end
  for i = 1, n do
    local a, b, c = unpack(list, i % 50 + 1, i % 50 + 3)
    local packed = pack(unpack(list, 1, i % 10 + 1))
    total = total + a + b * c + packed.n + #packed
  end
  return total
end

local checksum = 0
for round = 1, N do
  checksum = (checksum + stack(6000) + raw_stack(6000) + queue(6000)) % 1000003
  checksum = (checksum + front(200 + round % 20) + moves(1000) + chunks(2000)) % 1000003
end
print("table_ops", N, checksum)
