-- [tables] Walking tables with ipairs, pairs, next, numeric for, stateless and closure iterators.
-- N: rounds (default 2000, small 5)
local N = tonumber((...)) or 2000
local pairs, ipairs, next = pairs, ipairs, next

local array, hash, mixed, rows = {}, {}, {}, {}
for i = 1, 1000 do
  array[i] = i * 7 % 101
  hash["key" .. i] = i
  if i % 2 == 0 then mixed[i / 2] = i else mixed["m" .. i] = i end
end
for i = 1, 100 do rows[i] = { id = i, name = "row" .. i, size = i * 3, 1, 2, 3 } end

local function stateless(limit, i)
  if i < limit then return i + 1, i * 2 end
end

local function every(list, step)
  local i = 1 - step
  return function()
    i = i + step
    local v = list[i]
    if v ~= nil then return i, v end
  end
end

local Bag = {}
Bag.__index = Bag
Bag.__pairs = function(bag) return next, bag.items, nil end
local bag = setmetatable({ items = { a = 1, b = 2, c = 3, d = 4, e = 5 } }, Bag)

-- pairs does not ask for __pairs in Lua 5.1.
local bag_pairs = _VERSION == "Lua 5.1" and Bag.__pairs or pairs

local function with_ipairs()
  local s = 0
  for i, v in ipairs(array) do s = s + i * v end
  return s
end
local function with_length()
  local s = 0
  for i = 1, #array do s = s + i * array[i] end
  return s
end
local function with_pairs(t)
  local s, n = 0, 0
  for _, v in pairs(t) do
    s = s + v
    n = n + 1
  end
  return s + n
end
local function with_next(t)
  local s = 0
  local k, v = next(t)
  while k ~= nil do
    s = s + v
    k, v = next(t, k)
  end
  return s
end
local function fields()
  local s = 0
  for _, row in ipairs(rows) do
    for k, v in pairs(row) do
      if k == "size" then s = s + v elseif k ~= "name" then s = s + 1 end
    end
  end
  return s
end
local function generators()
  local s = 0
  for i, v in stateless, 1000, 0 do s = s + i * v end
  for i, v in every(array, 3) do s = s + i + v end
  for _, v in bag_pairs(bag) do s = s + (type(v) == "number" and v or 0) end
  return s
end
local function erase()
  local t = {}
  for i = 1, 200 do t["x" .. i % 50 .. "y"] = i end
  for k, v in pairs(t) do
    if v % 2 == 0 then t[k] = nil end
  end
  local n = 0
  for _ in pairs(t) do n = n + 1 end
  while next(t) do t[next(t)] = nil end
  return n
end

local checksum = 0
assert(with_ipairs() == with_length() and with_pairs(hash) == with_next(hash) + 1000)
for _ = 1, N do
  checksum = (checksum + with_ipairs() + with_length()) % 1000003
  checksum = (checksum + with_pairs(array) + with_pairs(hash) + with_pairs(mixed)) % 1000003
  checksum = (checksum + with_next(hash) + with_next(mixed) + fields() + generators() + erase()) % 1000003
end
print("iteration", N, checksum)
