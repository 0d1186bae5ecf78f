-- [coroutines] Producers, filters and consumers passing records through bounded queues, driven by a round-robin scheduler.
-- N: records (default 600000, small 500)
-- lua: 5.2-5.5
local N = tonumber((...)) or 600000
local yield, resume, create, status = coroutine.yield, coroutine.resume, coroutine.create, coroutine.status

local Channel = {}
Channel.__index = Channel
local function channel(capacity)
  return setmetatable({ first = 1, last = 0, capacity = capacity, closed = false, slots = {} }, Channel)
end
function Channel:put(v)
  while self.last - self.first + 1 >= self.capacity do yield("full") end
  self.last = self.last + 1
  self.slots[self.last] = v
end
function Channel:get()
  while self.first > self.last do
    if self.closed then return nil end
    yield("empty")
  end
  local v = self.slots[self.first]
  self.slots[self.first] = nil
  self.first = self.first + 1
  return v
end
function Channel:close() self.closed = true end

local function producer(out, from, to, step)
  for i = from, to, step do out:put({ id = i, value = i * 7 % 1000 }) end
  out:close()
end

local function merge(a, b, out)
  while true do
    local x = a:get()
    if x then out:put(x) end
    local y = b:get()
    if y then out:put(y) end
    if not x and not y then break end
  end
  out:close()
end

local function mapper(input, out)
  local r = input:get()
  while r do
    r.value = r.value * 3 + r.id % 5
    if r.value % 4 ~= 0 then out:put(r) end
    r = input:get()
  end
  out:close()
end

local function batcher(input, out, size)
  local batch = {}
  local r = input:get()
  while r do
    batch[#batch + 1] = r.value
    if #batch == size then
      out:put(batch)
      batch = {}
    end
    r = input:get()
  end
  if #batch > 0 then out:put(batch) end
  out:close()
end

local result = { count = 0, batches = 0, hash = 0 }
local function consumer(input)
  for batch in function() return input:get() end do
    result.batches = result.batches + 1
    for i = 1, #batch do
      result.count = result.count + 1
      result.hash = (result.hash * 31 + batch[i]) % 1000003
    end
  end
end

local odd, even, merged, mapped, batched = channel(8), channel(5), channel(16), channel(4), channel(2)
local tasks = {
  create(function() producer(odd, 1, N, 2) end),
  create(function() producer(even, 2, N, 2) end),
  create(function() merge(odd, even, merged) end),
  create(function() mapper(merged, mapped) end),
  create(function() batcher(mapped, batched, 10) end),
  create(function() consumer(batched) end),
}

local waits, turns = 0, 0
local alive = #tasks
while alive > 0 do
  turns = turns + 1
  for i = 1, #tasks do
    local task = tasks[i]
    if task and status(task) == "suspended" then
      local ok, why = resume(task)
      if not ok then error(why) end
      if status(task) == "dead" then
        alive = alive - 1
      elseif why == "full" then
        waits = waits + 1
      end
    end
  end
end
print("pipeline", N, result.count, result.batches, result.hash, turns, waits)
