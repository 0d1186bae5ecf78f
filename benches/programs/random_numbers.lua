-- [integer] Random generators: xorshift, a 64-bit congruential one with permuted output, splitmix, a 32-bit Mersenne-like register; tests of their bits.
-- N: thousands of draws (default 2200, small 2)
-- lua: 5.3-5.5
local N = tonumber((...)) or 2200
local DRAWS = N * 1000

local function xorshift(seed)
  local x = seed
  return function()
    x = x ~ (x << 13)
    x = x ~ (x >> 7)
    x = x ~ (x << 17)
    return x
  end
end

local function permuted(seed)
  local state = seed
  return function()
    local old = state
    state = old * 6364136223846793005 + 1442695040888963407
    local x = ((old >> 18 ~ old) >> 27) & 0xffffffff
    local r = old >> 59
    return (x >> r | x << (-r & 31)) & 0xffffffff
  end
end

local function splitmix(seed)
  local s = seed
  return function()
    s = s + 0x9e3779b97f4a7c15
    local z = s
    z = (z ~ (z >> 30)) * 0xbf58476d1ce4e5b9
    z = (z ~ (z >> 27)) * 0x94d049bb133111eb
    return z ~ (z >> 31)
  end
end

-- A lagged register over an array, twisted like the Mersenne Twister's but smaller.
local function register(seed)
  local words, size, at = {}, 55, 0
  local fill = splitmix(seed)
  for i = 0, size - 1 do words[i] = fill() & 0xffffffff end
  return function()
    local a, b = words[at], words[(at + 31) % size]
    local mixed = (a & 0x80000000 | words[(at + 1) % size] & 0x7fffffff) >> 1
    local v = b ~ mixed ~ ((a & 1) * 0x9908b0df)
    words[at] = v
    at = (at + 1) % size
    v = v ~ (v >> 11)
    v = v ~ (v << 7 & 0x9d2c5680)
    return v & 0xffffffff
  end
end

local function histogram(draw, shift)
  local bins = {}
  for i = 0, 15 do bins[i] = 0 end
  for _ = 1, DRAWS do
    local k = draw() >> shift & 15
    bins[k] = bins[k] + 1
  end
  local chi, expected = 0.0, DRAWS / 16
  for i = 0, 15 do chi = chi + (bins[i] - expected) ^ 2 / expected end
  return chi
end

local function shuffle(draw, n)
  local a = {}
  for i = 1, n do a[i] = i end
  for i = n, 2, -1 do
    local j = (draw() & 0x7fffffff) % i + 1
    a[i], a[j] = a[j], a[i]
  end
  local h = 0
  for i = 1, n do h = (h * 31 + a[i]) % 1000003 end
  return h
end

for _, test in ipairs {
  { "xorshift", xorshift(88172645463325252), 20 },
  { "permuted", permuted(42), 12 },
  { "splitmix", splitmix(7), 40 },
  { "register", register(2024), 9 },
} do
  local name, draw, shift = test[1], test[2], test[3]
  local chi = histogram(draw, shift)
  assert(chi < 60)
  print("random_numbers", name, string.format("%.4f", chi), shuffle(draw, 2000), string.format("%x", draw()))
end
