-- [arrays] Dynamic programming over arrays and rows: edit distance, longest common subsequence, knapsack, coin change, matrix chains.
-- N: size (default 1500, small 60)
local N = tonumber((...)) or 1500

local seed = 99
local function random(n)
  seed = seed * 16807 % 2147483647
  return seed % n
end

local function letters(n)
  local t = {}
  for i = 1, n do t[i] = string.char(97 + random(4)) end
  return table.concat(t)
end

local function edit_distance(a, b)
  local previous, current = {}, {}
  for j = 0, #b do previous[j] = j end
  for i = 1, #a do
    local ca = a:byte(i)
    current[0] = i
    for j = 1, #b do
      local best = previous[j - 1]
      if ca ~= b:byte(j) then best = best + 1 end
      local other = previous[j] + 1
      if other < best then best = other end
      other = current[j - 1] + 1
      if other < best then best = other end
      current[j] = best
    end
    previous, current = current, previous
  end
  return previous[#b]
end

local function common(a, b)
  local rows = {}
  local n, m = #a, #b
  for i = 0, n do
    local row = {}
    for j = 0, m do row[j] = 0 end
    rows[i] = row
  end
  for i = 1, n do
    local row, above, ca = rows[i], rows[i - 1], a:byte(i)
    for j = 1, m do
      if ca == b:byte(j) then
        row[j] = above[j - 1] + 1
      else
        local x, y = above[j], row[j - 1]
        row[j] = x > y and x or y
      end
    end
  end
  local out, i, j = {}, n, m
  while i > 0 and j > 0 do
    if a:byte(i) == b:byte(j) then
      out[#out + 1] = a:sub(i, i)
      i, j = i - 1, j - 1
    elseif rows[i - 1][j] >= rows[i][j - 1] then
      i = i - 1
    else
      j = j - 1
    end
  end
  return table.concat(out):reverse(), rows[n][m]
end

local function knapsack(items, capacity)
  local best = {}
  for w = 0, capacity do best[w] = 0 end
  for i = 1, #items do
    local weight, value = items[i].weight, items[i].value
    for w = capacity, weight, -1 do
      local v = best[w - weight] + value
      if v > best[w] then best[w] = v end
    end
  end
  return best[capacity]
end

local function coins(amount, kinds)
  local ways = { [0] = 1 }
  for i = 1, amount do ways[i] = 0 end
  for _, c in ipairs(kinds) do
    for i = c, amount do ways[i] = (ways[i] + ways[i - c]) % 1000003 end
  end
  return ways[amount]
end

local function chain(sizes)
  local n = #sizes - 1
  local cost = {}
  for i = 1, n do cost[i] = { [i] = 0 } end
  for length = 2, n do
    for i = 1, n - length + 1 do
      local j = i + length - 1
      local best = math.huge
      for k = i, j - 1 do
        local c = cost[i][k] + cost[k + 1][j] + sizes[i] * sizes[k + 1] * sizes[j + 1]
        if c < best then best = c end
      end
      cost[i][j] = best
    end
  end
  return cost[1][n]
end

local a, b = letters(N), letters(N)
local distance = edit_distance(a, b)
local shared, length = common(a, b)
assert(#shared == length and edit_distance(a, a) == 0)
local items = {}
for i = 1, math.floor(N / 8) do items[i] = { weight = 5 + random(60), value = 10 + random(90) } end
local sizes = {}
for i = 1, math.floor(N / 7) do sizes[i] = 5 + random(40) end
print("dynamic", N, distance, length, shared:sub(1, 20))
print(knapsack(items, N * 20), coins(N * 200, { 1, 2, 5, 10, 20, 50, 100, 200 }), chain(sizes))
