-- [calls] Variable arguments: select, counting, packing, unpacking, forwarding, multiple results.
-- N: rounds (default 250000, small 200)
local N = tonumber((...)) or 250000
local unpack = table.unpack or unpack
local select = select

local function sum(...)
  local total = 0
  for i = 1, select("#", ...) do
    total = total + (select(i, ...))
  end
  return total
end

local function sum_packed(...)
  local total = 0
  local list = { ... }
  for i = 1, #list do total = total + list[i] end
  return total
end

local function sum_recursive(first, ...)
  if first == nil then return 0 end
  return first + sum_recursive(...)
end

local function without_zeros(first, ...)
  if first == nil then return end
  if first == 0 then return without_zeros(...) end
  return first, without_zeros(...)
end

local function rotate(first, ...)
  local n = select("#", ...)
  if n == 0 then return first end
  local list = { ... }
  list[n + 1] = first
  return unpack(list, 1, n + 1)
end

local function forward(f, ...) return f(...) end

local function bind(f, ...)
  local bound, n = { ... }, select("#", ...)
  return function(...)
    local args, extra = {}, select("#", ...)
    for i = 1, n do args[i] = bound[i] end
    for i = 1, extra do args[n + i] = (select(i, ...)) end
    return f(unpack(args, 1, n + extra))
  end
end

local function minmax(...)
  local lo, hi = ...
  hi = lo
  for i = 2, select("#", ...) do
    local v = select(i, ...)
    if v < lo then lo = v elseif v > hi then hi = v end
  end
  return lo, hi
end

local checksum = 0
local adder = bind(sum, 10, 20, 30)
for i = 1, N do
  local a = sum(i, 2, 3, 4, 5, 6)
  local b = sum_packed(1, i, 3, 4, 5, 6, 7, 8)
  local c = sum_recursive(1, 2, i, 4)
  local d = sum(without_zeros(1, 0, 3, i, 0, 5))
  local e = forward(sum_packed, rotate(i, 1, 2, 3))
  local f = adder(i, i + 1)
  local lo, hi = minmax(i % 17, i % 13, i % 7, i % 29)
  checksum = (checksum + a + b * 2 + c * 3 + d * 5 + e * 7 + f * 11 + lo * 13 + hi * 17) % 1000003
end
assert(select("#", without_zeros(0, 4, 0, 5)) == 2)
assert(select("#", rotate(nil, nil, nil)) == 3)
print("varargs", N, checksum)
