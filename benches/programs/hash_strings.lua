-- [tables] Tables with string keys: counting, records with fields, two-level maps, keys built at run time, misses.
-- N: rounds (default 125, small 1)
local N = tonumber((...)) or 125

local seed = 17
local function random(n)
  seed = seed * 16807 % 2147483647
  return seed % n
end

local syllables = { "ka", "to", "mi", "ra", "ne", "so", "lu", "vi" }
local function word()
  local a, b, c = random(8) + 1, random(8) + 1, random(8) + 1
  return syllables[a] .. syllables[b] .. syllables[c]
end

local function count_words(n)
  local counts, order = {}, {}
  for _ = 1, n do
    local w = word()
    local c = counts[w]
    if c then
      counts[w] = c + 1
    else
      counts[w] = 1
      order[#order + 1] = w
    end
  end
  local h = 0
  for i = 1, #order do h = (h * 7 + counts[order[i]]) % 1000003 end
  return h
end

local function records(n)
  local list = {}
  for i = 1, n do
    list[i] = { name = "n" .. i % 50, age = i % 90, height = i % 40 + 150, active = i % 3 == 0 }
  end
  local h = 0
  for i = 1, n do
    local r = list[i]
    if r.active then h = h + r.age * r.height + #r.name end
    r.age = r.age + 1
    r.seen = true
    if r.missing then h = h + 1 end
  end
  return h
end

local function graph(n)
  local edges = {}
  for _ = 1, n do
    local from, to = word(), word()
    local row = edges[from]
    if not row then
      row = {}
      edges[from] = row
    end
    row[to] = (row[to] or 0) + 1
  end
  local h, sources = 0, 0
  for _, row in pairs(edges) do
    sources = sources + 1
    for to, weight in pairs(row) do h = h + weight * #to end
  end
  return h + sources
end

local function misses(n)
  local t = { alpha = 1, beta = 2, gamma = 3 }
  local found = 0
  for i = 1, n do
    if t.delta then found = found + 1 end
    if t.alpha then found = found + t.beta end
    if t["key" .. i % 100] then found = found + 1 end
    if t[i] then found = found + 1 end
  end
  return found
end

local function delete(n)
  local t, alive = {}, 0
  for i = 1, n do
    local key = "k" .. (i * 7919 % 997)
    if t[key] then
      t[key] = nil
      alive = alive - 1
    else
      t[key] = i
      alive = alive + 1
    end
  end
  local check = 0
  for _ in pairs(t) do check = check + 1 end
  assert(check == alive)
  return alive
end

local checksum = 0
for _ = 1, N do
  checksum = (checksum + count_words(4000) + records(2000) + graph(3000)) % 1000003
  checksum = (checksum + misses(5000) + delete(5000)) % 1000003
end
print("hash_strings", N, checksum)
