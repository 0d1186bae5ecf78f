-- [sorting] table.sort: numbers, floats and strings by default order, and records by comparators of several kinds.
-- N: rounds (default 40, small 1)
local N = tonumber((...)) or 40
local sort = table.sort

local seed = 1
local function random(n)
  seed = seed * 16807 % 2147483647
  return seed % n
end

local function fill(n, f)
  local t = {}
  for i = 1, n do t[i] = f(i) end
  return t
end

local function check(t, less)
  for i = 2, #t do
    if less(t[i], t[i - 1]) then error("not sorted at " .. i) end
  end
end
local function ascending(a, b) return a < b end

local Person = {}
Person.__index = Person
Person.__lt = function(a, b)
  if a.age ~= b.age then return a.age < b.age end
  return a.id < b.id
end

local checksum = 0
local function add(v) checksum = (checksum * 31 + v) % 1000003 end
for _ = 1, N do
  local ints = fill(6000, function() return random(100000) end)
  sort(ints)
  check(ints, ascending)
  add(ints[1] + ints[3000])

  local floats = fill(4000, function() return random(100000) / 128 end)
  sort(floats)
  check(floats, ascending)
  add(floats[2000] * 128)

  local texts = fill(4000, function() return "item" .. random(5000) end)
  sort(texts)
  check(texts, ascending)
  add(#texts[1] + texts[2000]:byte(-1))

  local function descending(a, b) return a > b end
  sort(ints, descending)
  check(ints, descending)
  local nearly = fill(4000, function(i) return i % 50 == 0 and random(4000) or i end)
  sort(nearly, ascending)
  check(nearly, ascending)
  add(nearly[77])

  local people = fill(2500, function(i)
    return setmetatable({ id = i, age = random(90), name = "p" .. random(300) }, Person)
  end)
  sort(people)
  check(people, ascending)
  add(people[1250].id)
  local function by_name(a, b)
    if a.name ~= b.name then return a.name < b.name end
    return a.id > b.id
  end
  sort(people, by_name)
  check(people, by_name)
  add(people[1250].id)
end
print("sort_library", N, string.format("%.0f", checksum))
