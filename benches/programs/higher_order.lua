-- [calls] Functions as values: map, filter, fold, compose, curry, memoise and Church numerals.
-- N: rounds (default 1000, small 2)
local N = tonumber((...)) or 1000

local function map(list, f)
  local out = {}
  for i = 1, #list do out[i] = f(list[i]) end
  return out
end

local function filter(list, keep)
  local out = {}
  for i = 1, #list do
    local v = list[i]
    if keep(v) then out[#out + 1] = v end
  end
  return out
end

local function fold(list, start, f)
  local acc = start
  for i = 1, #list do acc = f(acc, list[i]) end
  return acc
end

local function compose(f, g)
  return function(x) return f(g(x)) end
end

local function curry3(f)
  return function(a)
    return function(b)
      return function(c) return f(a, b, c) end
    end
  end
end

local function memoise(f)
  local known = {}
  return function(n)
    local v = known[n]
    if v == nil then
      v = f(n)
      known[n] = v
    end
    return v
  end
end

-- Church numerals: a number n is "apply f n times".
local function zero() return function(x) return x end end
local function succ(n)
  return function(f)
    local g = n(f)
    return function(x) return f(g(x)) end
  end
end
local function add(a, b)
  return function(f)
    local fa, fb = a(f), b(f)
    return function(x) return fa(fb(x)) end
  end
end
local function mul(a, b) return function(f) return a(b(f)) end end
local function toint(n) return n(function(x) return x + 1 end)(0) end

local function range(n)
  local out = {}
  for i = 1, n do out[i] = i end
  return out
end

local affine = curry3(function(a, b, x) return a * x + b end)
local checksum = 0
for round = 1, N do
  local list = range(2000)
  local twice_plus = affine(2)(round)
  local mixed = map(list, compose(twice_plus, affine(3)(1)))
  local odd = filter(mixed, function(x) return x % 3 ~= 0 end)
  checksum = (checksum + fold(odd, 0, function(acc, x) return acc + x end)) % 1000003

  local fibm
  fibm = memoise(function(n)
    if n < 2 then return n end
    return (fibm(n - 1) + fibm(n - 2)) % 65521
  end)
  for i = 1, 150 do checksum = (checksum + fibm(i)) % 1000003 end

  local pipeline = function(x) return x end
  for i = 1, 30 do
    pipeline = compose(affine(1)(i), pipeline)
  end
  for i = 1, 100 do checksum = (checksum + pipeline(i)) % 1000003 end

  local n = zero
  for _ = 1, 12 do n = succ(n) end
  local m = add(n, succ(n))
  assert(toint(m) == 25)
  checksum = (checksum + toint(mul(m, mul(n, n)))) % 1000003
end
print("higher_order", N, checksum)
