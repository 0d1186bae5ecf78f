-- [coroutines] Recursive generation in one coroutine: permutations, combinations, subsets, paths; deep yields.
-- N: rounds (default 80, small 1)
local N = tonumber((...)) or 80
local wrap, yield = coroutine.wrap, coroutine.yield

local function permute(a, n)
  if n <= 1 then
    yield(a)
  else
    for i = 1, n do
      a[n], a[i] = a[i], a[n]
      permute(a, n - 1)
      a[n], a[i] = a[i], a[n]
    end
  end
end

local function combine(a, chosen, from, left)
  if left == 0 then
    yield(chosen)
    return
  end
  for i = from, #a - left + 1 do
    chosen[#chosen + 1] = a[i]
    combine(a, chosen, i + 1, left - 1)
    chosen[#chosen] = nil
  end
end

-- Every level is a coroutine of its own that passes on what the one below yields.
local function subsets(a, i)
  return wrap(function()
    if i > #a then
      yield(0)
      return
    end
    for s in subsets(a, i + 1) do
      yield(s)
      yield(s + a[i])
    end
  end)
end

local function paths(x, y)
  if x == 0 and y == 0 then
    yield(1)
  else
    if x > 0 then paths(x - 1, y) end
    if y > 0 then paths(x, y - 1) end
  end
end

local count, hash = 0, 0
for _ = 1, N do
  for p in wrap(function() permute({ 1, 2, 3, 4, 5, 6, 7, 8 }, 8) end) do
    count = count + 1
    hash = (hash * 7 + p[1] * 10 + p[8]) % 1000003
  end
  for c in wrap(function() combine({ 2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37 }, {}, 1, 5) end) do
    count = count + 1
    hash = (hash * 3 + c[1] * c[5]) % 1000003
  end
  local total = 0
  for s in subsets({ 1, 2, 4, 8, 16, 32, 64, 128, 256, 512 }, 1) do total = total + s end
  assert(total == 1023 * 512)
  for one in wrap(function() paths(7, 6) end) do count = count + one end
end
print("permgen", N, count, hash)
