-- [tables] Tables with integer keys: sparse, negative, far apart, filled backwards, grids keyed by x * W + y, two-sum, union by maps.
-- N: rounds (default 160, small 1)
local N = tonumber((...)) or 160

local function sparse(n)
  local t, h = {}, 0
  for i = 1, n do t[i * 1021] = i end
  for i = 1, n * 2 do
    local v = t[i * 1021]
    if v then h = h + v end
  end
  for i = 1, n, 2 do t[i * 1021] = nil end
  for _, v in pairs(t) do h = h + v end
  return h
end

local function signed(n)
  local t, h = {}, 0
  for i = -n, n do t[i] = i * i end
  for i = -n, n do h = h + t[i] - t[-i] + 1 end
  return h
end

local function backwards(n)
  local t, h = {}, 0
  for i = n, 1, -1 do t[i] = i end
  for i = 1, n do h = h + t[i] end
  return h + #t
end

local function grid(size)
  local seen, count = {}, 0
  local x, y, dx, dy = 0, 0, 1, 0
  for step = 1, size * size do
    local key = x * 4096 + y
    if seen[key] then
      seen[key] = seen[key] + 1
      dx, dy = -dy, dx
    else
      seen[key] = 1
      count = count + 1
      if step % 5 == 0 then dx, dy = dy, -dx end
    end
    x, y = (x + dx) % size, (y + dy) % size
  end
  return count
end

local function two_sum(n, target)
  local at, pairs_found = {}, 0
  for i = 1, n do
    local v = i * 7919 % 10007
    local other = at[target - v]
    if other then pairs_found = pairs_found + other end
    at[v] = i
  end
  return pairs_found
end

local function components(n)
  local parent = {}
  local function root(a)
    local p = parent[a] or a
    while p ~= a do
      local up = parent[p] or p
      parent[a] = up
      a, p = p, up
    end
    return a
  end
  local joined = 0
  for i = 1, n do
    local a, b = root(i * 37 % 5003 * 1000), root(i * 91 % 4999 * 1000)
    if a ~= b then
      parent[a] = b
      joined = joined + 1
    end
  end
  return joined
end

local checksum = 0
for round = 1, N do
  checksum = (checksum + sparse(4000) + signed(3000) + backwards(5000)) % 1000003
  checksum = (checksum + grid(90) + two_sum(8000, 9000 + round) + components(6000)) % 1000003
end
print("hash_integers", N, checksum)
