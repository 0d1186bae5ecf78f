-- [integer] gcd in several forms, modular powers and inverses, Miller–Rabin, Pollard's rho, totients, perfect numbers, Collatz.
-- N: rounds (default 230, small 1)
-- lua: 5.3-5.5
local N = tonumber((...)) or 230

local function gcd(a, b)
  while b ~= 0 do a, b = b, a % b end
  return a
end
local function gcd_recursive(a, b)
  if b == 0 then return a end
  return gcd_recursive(b, a % b)
end
local function gcd_subtract(a, b)
  while a ~= b do
    if a > b then a = a - b else b = b - a end
  end
  return a
end
local function extended(a, b)
  local x0, x1, y0, y1 = 1, 0, 0, 1
  while b ~= 0 do
    local q = a // b
    a, b = b, a - q * b
    x0, x1 = x1, x0 - q * x1
    y0, y1 = y1, y0 - q * y1
  end
  return a, x0, y0
end

local function power(base, exponent, modulus)
  local result = 1
  base = base % modulus
  while exponent > 0 do
    if exponent % 2 == 1 then result = result * base % modulus end
    base = base * base % modulus
    exponent = exponent // 2
  end
  return result
end

local function is_prime(n)
  if n < 2 then return false end
  for _, p in ipairs { 2, 3, 5, 7 } do
    if n % p == 0 then return n == p end
  end
  local d, s = n - 1, 0
  while d % 2 == 0 do d, s = d // 2, s + 1 end
  for _, a in ipairs { 2, 3, 5, 7 } do
    local x = power(a, d, n)
    if x ~= 1 and x ~= n - 1 then
      local composite = true
      for _ = 2, s do
        x = x * x % n
        if x == n - 1 then
          composite = false
          break
        end
      end
      if composite then return false end
    end
  end
  return true
end

local function rho(n)
  if n % 2 == 0 then return 2 end
  local c = 1
  while true do
    local x, y, d = 2, 2, 1
    while d == 1 do
      x = (x * x + c) % n
      y = (y * y + c) % n
      y = (y * y + c) % n
      d = gcd(x > y and x - y or y - x, n)
    end
    if d ~= n then return d end
    c = c + 1
  end
end

local function factors(n, list)
  if n == 1 then return list end
  if is_prime(n) then
    list[#list + 1] = n
    return list
  end
  local d = rho(n)
  factors(d, list)
  return factors(n // d, list)
end

local function totient(n)
  local t, p = n, 2
  while p * p <= n do
    if n % p == 0 then
      while n % p == 0 do n = n // p end
      t = t - t // p
    end
    p = p + 1
  end
  if n > 1 then t = t - t // n end
  return t
end

local function collatz(limit)
  local best, at = 0, 0
  for start = 1, limit do
    local n, steps = start, 0
    while n ~= 1 do
      if n % 2 == 0 then n = n // 2 else n = 3 * n + 1 end
      steps = steps + 1
    end
    if steps > best then best, at = steps, start end
  end
  return best, at
end

local function divisor_sum(n)
  local s, i = 1, 2
  while i * i <= n do
    if n % i == 0 then
      s = s + i
      if i ~= n // i then s = s + n // i end
    end
    i = i + 1
  end
  return s
end

local checksum = 0
local function add(v) checksum = (checksum * 7 + v) % 1000000007 end
for round = 1, N do
  for i = 1, 800 do
    local a, b = i * 7919 + round, i * 104729 + 1
    local g = gcd(a, b)
    assert(g == gcd_recursive(b, a))
    local e, x, y = extended(a, b)
    assert(e == g and a * x + b * y == g)
    add(g)
  end
  for i = 1, 120 do add(gcd_subtract(i * 12, round + 18)) end
  local count = 0
  for n = 100001 + round * 2, 100801 + round * 2, 2 do
    if is_prime(n) then count = count + 1 end
  end
  add(count)
  for i = 1, 15 do
    local n = (10007 + round * 2) * (20011 + i * 6)
    local list = factors(n, {})
    table.sort(list)
    local product = 1
    for _, p in ipairs(list) do product = product * p end
    assert(product == n)
    add(#list + list[1])
  end
  for n = 1, 400 do add(totient(n * 13 + round)) end
  add((collatz(900 + round)))
  for n = 2, 500 do
    if divisor_sum(n) == n then add(n) end
  end
end
print("number_theory", N, checksum, collatz(1000))
