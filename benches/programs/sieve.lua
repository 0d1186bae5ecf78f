-- [arrays] Prime sieves over boolean and integer arrays: plain, by smallest factors, segmented.
-- N: rounds (default 13, small 1)
local N = tonumber((...)) or 13
local LIMIT = 400000

local function plain(n)
  local composite = {}
  for i = 1, n do composite[i] = false end
  composite[1] = true
  local i = 2
  while i * i <= n do
    if not composite[i] then
      for j = i * i, n, i do composite[j] = true end
    end
    i = i + 1
  end
  local count = 0
  for k = 1, n do
    if not composite[k] then count = count + 1 end
  end
  return count
end

-- The linear sieve: each composite is struck once, by its smallest prime.
local function smallest_factors(n)
  local factor, primes, count = {}, {}, 0
  for i = 1, n do factor[i] = 0 end
  for i = 2, n do
    if factor[i] == 0 then
      factor[i] = i
      count = count + 1
      primes[count] = i
    end
    local least = factor[i]
    for k = 1, count do
      local p = primes[k]
      if p > least or p * i > n then break end
      factor[p * i] = p
    end
  end
  return primes, factor
end

local function segmented(n, primes)
  local count = 0
  local width = 8192
  local block = {}
  for low = 2, n, width do
    local high = low + width - 1
    if high > n then high = n end
    for i = 1, width do block[i] = 1 end
    for k = 1, #primes do
      local p = primes[k]
      local square = p * p
      if square > high then break end
      local start = low + (p - low % p) % p
      if start < square then start = square end
      for j = start, high, p do block[j - low + 1] = 0 end
    end
    for i = 1, high - low + 1 do count = count + block[i] end
  end
  return count
end

local checksum, count, last = 0, 0, 0
for round = 1, N do
  local limit = LIMIT + round * 1000
  local primes, factor = smallest_factors(limit)
  count, last = #primes, primes[#primes]
  assert(count == plain(limit) and count == segmented(limit, primes))
  for i = round, limit, 97 do checksum = (checksum + factor[i]) % 1000003 end
end
print("sieve", N, count, last, checksum)
