-- [coroutines] Generators with coroutine.wrap and resume: counters, filters, tree walks, merges, same-fringe, two-way values.
-- N: rounds (default 370, small 1)
local N = tonumber((...)) or 370
local wrap, yield, create, resume, status = coroutine.wrap, coroutine.yield, coroutine.create, coroutine.resume, coroutine.status

local function range(n)
  return wrap(function()
    for i = 1, n do yield(i) end
  end)
end

local function filter(keep, source)
  return wrap(function()
    for v in source do
      if keep(v) then yield(v) end
    end
  end)
end

local function primes(limit)
  local source = wrap(function()
    for i = 2, limit do yield(i) end
  end)
  return wrap(function()
    while true do
      local p = source()
      if not p then return end
      yield(p)
      source = filter(function(v) return v % p ~= 0 end, source)
    end
  end)
end

local function insert(tree, v)
  if not tree then return { value = v } end
  if v < tree.value then
    tree.left = insert(tree.left, v)
  else
    tree.right = insert(tree.right, v)
  end
  return tree
end
local function walk(tree)
  if tree then
    walk(tree.left)
    yield(tree.value)
    walk(tree.right)
  end
end
local function leaves(tree)
  return wrap(function() walk(tree) end)
end

local function merge(a, b)
  return wrap(function()
    local x, y = a(), b()
    while x or y do
      if not y or x and x <= y then
        yield(x)
        x = a()
      else
        yield(y)
        y = b()
      end
    end
  end)
end

-- A running average: numbers go in, averages come out.
local function averager()
  local sum, count = 0, 0
  local value = yield()
  while value do
    sum, count = sum + value, count + 1
    value = yield(sum / count)
  end
  return "done", count
end

local seed = 9
local function random(n)
  seed = seed * 16807 % 2147483647
  return seed % n
end

local checksum = 0
for round = 1, N do
  for v in range(3000) do checksum = checksum + v end
  for v in filter(function(v) return v % 3 == 0 end, range(3000)) do checksum = checksum + v end
  for p in primes(250) do checksum = checksum + p end

  local a, b
  local list = {}
  for i = 1, 300 do list[i] = random(10000) end
  for i = 1, 300 do
    a = insert(a, list[i])
    b = insert(b, list[301 - i])
  end
  local next_a, next_b = leaves(a), leaves(b)
  repeat
    local x, y = next_a(), next_b()
    assert(x == y)
  until not x
  local last = -1
  for v in merge(leaves(a), leaves(b)) do
    assert(v >= last)
    last = v
  end
  checksum = (checksum + last) % 1000003

  local co = create(averager)
  resume(co)
  for i = 1, 500 do
    local ok, mean = resume(co, i)
    assert(ok and mean * 2 == i + 1)
  end
  local ok, word, count = resume(co, nil)
  assert(ok and word == "done" and status(co) == "dead")
  checksum = (checksum + count) % 1000003
end
print("generators", N, checksum)
