-- [gc] A large live heap (tables, strings, closures) with churn beside it and slow replacement of its parts.
-- N: steps of churn (default 600000, small 2000)
local N = tonumber((...)) or 600000
local SIZE = N < 10000 and 2000 or 40000

local function entry(i)
  local count = i % 7
  return {
    id = i,
    name = "entry " .. i,
    links = { i - 1, i + 1, i * 2 % SIZE + 1 },
    bump = i % 4 == 0 and function() count = count + 1 return count end or nil,
  }
end

local heap = {}
for i = 1, SIZE do heap[i] = entry(i) end

local checksum, at = 0, 1
for i = 1, N do
  -- A short walk through the live part, with a little garbage at each step.
  local e = heap[at]
  local step = { from = at, to = e.links[i % 3 + 1] }
  at = (step.to + i) % SIZE + 1
  checksum = (checksum + e.id + #e.name) % 1000003
  if e.bump then checksum = checksum + e.bump() end
  if i % 16 == 0 then
    -- Replace one entry: the old becomes garbage, the new holds young objects from an old table.
    heap[at] = entry(at)
  elseif i % 16 == 8 then
    heap[at].links = { at, i % SIZE + 1, step.from }
  end
end

local names, links = 0, 0
for i = 1, SIZE do
  local e = heap[i]
  assert(e.id == i)
  names = names + #e.name
  links = (links * 3 + e.links[2]) % 1000003
end
print("live_heap", N, checksum, names, links)
