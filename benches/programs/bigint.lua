-- [objects] Big natural numbers as arrays of digits with operators: factorials, Fibonacci numbers, powers, printing.
-- N: size (default 3600, small 60)
-- lua: 5.3-5.5
local N = tonumber((...)) or 3600
local BASE = 10000000

local Big = {}
Big.__index = Big

local function big(n)
  local digits = setmetatable({}, Big)
  repeat
    digits[#digits + 1] = n % BASE
    n = n // BASE
  until n == 0
  return digits
end

function Big.__add(a, b)
  local out, carry = setmetatable({}, Big), 0
  local n = #a > #b and #a or #b
  for i = 1, n do
    local s = (a[i] or 0) + (b[i] or 0) + carry
    if s >= BASE then
      out[i], carry = s - BASE, 1
    else
      out[i], carry = s, 0
    end
  end
  if carry > 0 then out[n + 1] = carry end
  return out
end

local function times_small(a, k)
  local out, carry = setmetatable({}, Big), 0
  for i = 1, #a do
    local p = a[i] * k + carry
    out[i] = p % BASE
    carry = p // BASE
  end
  while carry > 0 do
    out[#out + 1] = carry % BASE
    carry = carry // BASE
  end
  return out
end

function Big.__mul(a, b)
  if type(b) == "number" then return times_small(a, b) end
  local out = setmetatable({}, Big)
  for i = 1, #a + #b do out[i] = 0 end
  for i = 1, #a do
    local x, carry = a[i], 0
    for j = 1, #b do
      local k = i + j - 1
      local p = out[k] + x * b[j] + carry
      out[k] = p % BASE
      carry = p // BASE
    end
    out[i + #b] = carry
  end
  while #out > 1 and out[#out] == 0 do out[#out] = nil end
  return out
end

function Big.__eq(a, b)
  if #a ~= #b then return false end
  for i = 1, #a do
    if a[i] ~= b[i] then return false end
  end
  return true
end

function Big.__mod(a, m)
  local r = 0
  for i = #a, 1, -1 do r = (r * BASE + a[i]) % m end
  return r
end

function Big.__tostring(a)
  local parts = { string.format("%d", a[#a]) }
  for i = #a - 1, 1, -1 do parts[#parts + 1] = string.format("%07d", a[i]) end
  return table.concat(parts)
end

local function power(base, exponent)
  local result = big(1)
  while exponent > 0 do
    if exponent % 2 == 1 then result = result * base end
    base = base * base
    exponent = exponent // 2
  end
  return result
end

local function factorial(n)
  local f = big(1)
  for i = 2, n do f = f * i end
  return f
end

local function fibonacci(n)
  local a, b = big(0), big(1)
  for _ = 1, n do a, b = b, a + b end
  return a
end

local function digit_sum(text)
  local s = 0
  for i = 1, #text do s = s + text:byte(i) - 48 end
  return s
end

local f = factorial(N)
local fib = fibonacci(N * 6)
local p = power(big(3), N * 6)
assert(power(big(9), N * 3) == p)
assert(factorial(N + 1) == f * (N + 1))
for _, n in ipairs { f, fib, p, f * p } do
  local text = tostring(n)
  print("bigint", N, #text, digit_sum(text), n % 999983, text:sub(1, 12))
end
