-- [integer] Bit operators: population counts, reversal, Gray codes, bit sets packed in integers, Morton codes, shifts of every width.
-- N: rounds (default 250, small 1)
-- lua: 5.3-5.5
local N = tonumber((...)) or 250

local function popcount(x)
  x = x - ((x >> 1) & 0x5555555555555555)
  x = (x & 0x3333333333333333) + ((x >> 2) & 0x3333333333333333)
  x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0f
  return (x * 0x0101010101010101) >> 56
end

local function slow_popcount(x)
  local n = 0
  while x ~= 0 do
    x = x & (x - 1)
    n = n + 1
  end
  return n
end

local function reverse32(x)
  x = (x >> 1 & 0x55555555) | (x & 0x55555555) << 1
  x = (x >> 2 & 0x33333333) | (x & 0x33333333) << 2
  x = (x >> 4 & 0x0f0f0f0f) | (x & 0x0f0f0f0f) << 4
  x = (x >> 8 & 0x00ff00ff) | (x & 0x00ff00ff) << 8
  return (x >> 16 | x << 16) & 0xffffffff
end

local function rotate(x, k) return x << k | x >> (64 - k) end

local function gray(n) return n ~ (n >> 1) end
local function ungray(g)
  local n = g
  for _, s in ipairs { 1, 2, 4, 8, 16, 32 } do n = n ~ (n >> s) end
  return n
end

local function spread(x)
  x = x & 0xffff
  x = (x | x << 8) & 0x00ff00ff
  x = (x | x << 4) & 0x0f0f0f0f
  x = (x | x << 2) & 0x33333333
  return (x | x << 1) & 0x55555555
end
local function morton(x, y) return spread(x) | spread(y) << 1 end

-- A bit set of 64-bit words: primes below a bound.
local function bit_sieve(n)
  local words = {}
  for i = 0, n >> 6 do words[i] = ~0 end
  local count = 0
  for i = 2, n do
    if words[i >> 6] >> (i & 63) & 1 == 1 then
      count = count + 1
      for j = i * i, n, i do
        local w = j >> 6
        words[w] = words[w] & ~(1 << (j & 63))
      end
    end
  end
  return count
end

-- Subsets of a mask, by the (s - mask) & mask trick.
local function subset_sum(mask)
  local s, total = 0, 0
  repeat
    total = total + s
    s = (s - mask) & mask
  until s == 0
  return total
end

local checksum = 0
for round = 1, N do
  local x = 0x9e3779b97f4a7c15 * round
  for i = 1, 1500 do
    x = rotate(x, i & 63) ~ i
    local p = popcount(x)
    assert(p == slow_popcount(x) and p + popcount(~x) == 64)
    checksum = checksum + p * i
    local r = reverse32(x & 0xffffffff)
    assert(reverse32(r) == x & 0xffffffff)
    checksum = checksum ~ (r & 0xffff)
    assert(ungray(gray(i)) == i)
    checksum = (checksum + morton(i, round) + (x >> 70) + (1 << i) + (x >> -3 & 7)) & 0xffffffffff
  end
  checksum = checksum + bit_sieve(12000 + round) + subset_sum(0x1255 + round)
end
print("bits", N, checksum)
