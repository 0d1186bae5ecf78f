-- [metamethods] Exact fractions as objects: every operator a metamethod, gcd inside; Bernoulli numbers and Hilbert matrices.
-- N: rounds (default 1400, small 2)
-- lua: 5.3-5.5
local N = tonumber((...)) or 1400

local function gcd(a, b)
  while b ~= 0 do a, b = b, a % b end
  return a
end

local Fraction = {}
Fraction.__index = Fraction
local function fraction(n, d)
  if d < 0 then n, d = -n, -d end
  local g = gcd(n < 0 and -n or n, d)
  if g > 1 then n, d = n // g, d // g end
  return setmetatable({ n = n, d = d }, Fraction)
end
local function lift(v)
  if getmetatable(v) == Fraction then return v end
  return fraction(v, 1)
end
function Fraction.__add(a, b)
  a, b = lift(a), lift(b)
  return fraction(a.n * b.d + b.n * a.d, a.d * b.d)
end
function Fraction.__sub(a, b)
  a, b = lift(a), lift(b)
  return fraction(a.n * b.d - b.n * a.d, a.d * b.d)
end
function Fraction.__mul(a, b)
  a, b = lift(a), lift(b)
  local g, h = gcd(a.n < 0 and -a.n or a.n, b.d), gcd(b.n < 0 and -b.n or b.n, a.d)
  return fraction((a.n // g) * (b.n // h), (a.d // h) * (b.d // g))
end
function Fraction.__div(a, b)
  a, b = lift(a), lift(b)
  return a * fraction(b.d, b.n)
end
function Fraction.__unm(a) return fraction(-a.n, a.d) end
function Fraction.__eq(a, b) return a.n == b.n and a.d == b.d end
function Fraction.__lt(a, b)
  a, b = lift(a), lift(b)
  return a.n * b.d < b.n * a.d
end
function Fraction.__le(a, b)
  a, b = lift(a), lift(b)
  return a.n * b.d <= b.n * a.d
end
function Fraction.__tostring(a) return a.d == 1 and tostring(a.n) or a.n .. "/" .. a.d end

-- Bernoulli numbers by the Akiyama–Tanigawa triangle.
local function bernoulli(count)
  local row, out = {}, {}
  for m = 0, count do
    row[m] = fraction(1, m + 1)
    for j = m, 1, -1 do row[j - 1] = j * (row[j - 1] - row[j]) end
    out[m] = row[0]
  end
  return out
end

-- The determinant of the n-th Hilbert matrix, by elimination.
local function hilbert(n)
  local a = {}
  for i = 1, n do
    a[i] = {}
    for j = 1, n do a[i][j] = fraction(1, i + j - 1) end
  end
  local det = fraction(1, 1)
  for k = 1, n do
    local pivot = a[k][k]
    det = det * pivot
    for i = k + 1, n do
      local f = a[i][k] / pivot
      for j = k, n do a[i][j] = a[i][j] - f * a[k][j] end
    end
  end
  return det
end

local function bubble(list)
  for i = 1, #list do
    for j = i + 1, #list do
      if list[j] < list[i] then list[i], list[j] = list[j], list[i] end
    end
  end
end

local checksum, last = 0, nil
for round = 1, N do
  local b = bernoulli(14)
  assert(b[4] == fraction(-1, 30) and b[3] == fraction(0, 1))
  last = b[14]
  for n = 2, 5 do checksum = (checksum + hilbert(n).d) % 1000003 end
  local list = {}
  for i = 1, 40 do list[i] = fraction((i * 37 + round) % 101, i) end
  bubble(list)
  for i = 2, #list do
    assert(list[i - 1] <= list[i])
    checksum = (checksum + list[i].n * i) % 1000003
  end
end
print("rationals", N, tostring(last), tostring(hilbert(5)), checksum)
