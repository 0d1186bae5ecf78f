-- [program] A discrete-event simulation of a harbour: coroutines as processes, an event heap, queues with priorities, shared cranes, failures, statistics.
-- N: days simulated (default 270, small 2)
local N = tonumber((...)) or 270

local floor, unpack = math.floor, table.unpack or unpack
local yield, create, resume, status = coroutine.yield, coroutine.create, coroutine.resume, coroutine.status

local seed = 27182
local function random(n)
  seed = seed * 16807 % 2147483647
  return seed % n
end
local function between(low, high) return low + random(high - low + 1) end

local function class(parent)
  local c = setmetatable({}, { __index = parent })
  c.__index = c
  return c
end

---------------------------------------------------------------------------
-- The event list: a heap of {time, order, process}.

local Events = class()
function Events.new() return setmetatable({ size = 0, count = 0 }, Events) end
local function earlier(a, b)
  if a.time ~= b.time then return a.time < b.time end
  return a.order < b.order
end
function Events:add(time, process, value)
  self.count = self.count + 1
  local e = { time = time, order = self.count, process = process, value = value }
  local i = self.size + 1
  self.size = i
  while i > 1 do
    local up = floor(i / 2)
    if not earlier(e, self[up]) then break end
    self[i] = self[up]
    i = up
  end
  self[i] = e
  return e
end
function Events:take()
  local first, last, n = self[1], self[self.size], self.size - 1
  self[self.size] = nil
  self.size = n
  if n > 0 then
    local i = 1
    while true do
      local c = i * 2
      if c > n then break end
      if c < n and earlier(self[c + 1], self[c]) then c = c + 1 end
      if not earlier(self[c], last) then break end
      self[i] = self[c]
      i = c
    end
    self[i] = last
  end
  return first
end

---------------------------------------------------------------------------
-- Time and processes.

local Simulation = class()
function Simulation.new()
  return setmetatable({ now = 0, events = Events.new(), running = 0, failures = 0, steps = 0 }, Simulation)
end
function Simulation:start(body, ...)
  local process = { thread = create(body) }
  self.running = self.running + 1
  local args = { n = select("#", ...), ... }
  self.events:add(self.now, process, args)
  process.fresh = true
  return process
end
function Simulation:run(limit)
  local events = self.events
  while events.size > 0 and events[1].time <= limit do
    local e = events:take()
    self.now = e.time
    self.steps = self.steps + 1
    local process = e.process
    if not e.cancelled and status(process.thread) == "suspended" then
      self.current = process
      local ok, message
      if process.fresh then
        process.fresh = false
        ok, message = resume(process.thread, unpack(e.value, 1, e.value.n))
      else
        ok, message = resume(process.thread, e.value)
      end
      if not ok then
        if type(message) == "table" and message.sunk then
          self.failures = self.failures + 1
        else
          error(message, 0)
        end
      end
      if status(process.thread) == "dead" then self.running = self.running - 1 end
    end
  end
  self.now = limit
end
function Simulation:wait(delay)
  self.events:add(self.now + delay, self.current)
  return yield()
end
function Simulation:wake(process, value) self.events:add(self.now, process, value) end

---------------------------------------------------------------------------
-- Resources with a queue ordered by priority, then arrival.

local Resource = class()
function Resource.new(sim, name, units)
  return setmetatable({ sim = sim, name = name, free = units, units = units, queue = {}, busy = 0, changed = 0, longest = 0, served = 0, waited = 0 }, Resource)
end
function Resource:account()
  self.busy = self.busy + (self.units - self.free) * (self.sim.now - self.changed)
  self.changed = self.sim.now
end
function Resource:acquire(priority)
  local sim = self.sim
  self.served = self.served + 1
  if self.free > 0 and #self.queue == 0 then
    self:account()
    self.free = self.free - 1
    return
  end
  local entry = { process = sim.current, priority = priority or 0, since = sim.now }
  local queue, at = self.queue, #self.queue + 1
  while at > 1 and queue[at - 1].priority < entry.priority do at = at - 1 end
  table.insert(queue, at, entry)
  if #queue > self.longest then self.longest = #queue end
  yield()
  self.waited = self.waited + sim.now - entry.since
end
function Resource:release()
  self:account()
  local entry = table.remove(self.queue, 1)
  if entry then
    self.sim:wake(entry.process)
  else
    self.free = self.free + 1
  end
end

-- A store of goods: take() waits until there is enough.
local Store = class()
function Store.new(sim, capacity)
  return setmetatable({ sim = sim, level = 0, capacity = capacity, takers = {}, givers = {}, through = 0 }, Store)
end
function Store:settle()
  local moved = true
  while moved do
    moved = false
    local giver = self.givers[1]
    if giver and self.level + giver.amount <= self.capacity then
      table.remove(self.givers, 1)
      self.level = self.level + giver.amount
      self.sim:wake(giver.process)
      moved = true
    end
    local taker = self.takers[1]
    if taker and self.level >= taker.amount then
      table.remove(self.takers, 1)
      self.level = self.level - taker.amount
      self.through = self.through + taker.amount
      self.sim:wake(taker.process)
      moved = true
    end
  end
end
function Store:put(amount)
  table.insert(self.givers, { process = self.sim.current, amount = amount })
  self:settle()
  yield()
end
function Store:take(amount)
  table.insert(self.takers, { process = self.sim.current, amount = amount })
  self:settle()
  yield()
end

-- A histogram with moments.
local Tally = class()
function Tally.new(width) return setmetatable({ n = 0, sum = 0, squares = 0, width = width, bins = {}, most = 0 }, Tally) end
function Tally:add(v)
  self.n = self.n + 1
  self.sum = self.sum + v
  self.squares = self.squares + v * v
  if v > self.most then self.most = v end
  local bin = floor(v / self.width)
  self.bins[bin] = (self.bins[bin] or 0) + 1
end
function Tally:report(name)
  local mean = self.sum / self.n
  local deviation = math.sqrt(math.max(0, self.squares / self.n - mean * mean))
  local mode, best = 0, 0
  for bin = 0, floor(self.most / self.width) do
    if (self.bins[bin] or 0) > best then mode, best = bin, self.bins[bin] end
  end
  return string.format("%-10s n=%d mean=%.3f deviation=%.3f most=%d mode=%d", name, self.n, mean, deviation, self.most, mode * self.width)
end

---------------------------------------------------------------------------
-- The harbour. Times in minutes.

local sim = Simulation.new()
local berths = Resource.new(sim, "berths", 5)
local tugs = Resource.new(sim, "tugs", 3)
local pilot = Resource.new(sim, "pilot", 1)
local cranes = Resource.new(sim, "cranes", 7)
local customs = Resource.new(sim, "customs", 2)
local yard = Store.new(sim, 400)
local stays, loads, waits = Tally.new(60), Tally.new(10), Tally.new(15)
local log = 0
local function note(what, id)
  log = (log * 31 + what * 7 + id % 1000 + sim.now % 1440) % 1000003
end

local Ship = class()
Ship.priority, Ship.tug_count = 0, 1
function Ship:cargo() return between(8, 20) end
function Ship:unload_time() return between(6, 12) end
function Ship:storm_damage() return random(400) == 0 end
-- One ship at a time gathers its tugs, else two could wait for each other for ever.
function Ship:take_tugs(priority)
  pilot:acquire(priority)
  for _ = 1, self.tug_count do tugs:acquire(priority) end
  pilot:release()
end
function Ship:live(id)
  local arrived = sim.now
  note(1, id)
  berths:acquire(self.priority)
  self:take_tugs(self.priority)
  waits:add(sim.now - arrived)
  sim:wait(between(15, 30))
  for _ = 1, self.tug_count do tugs:release() end
  if self:storm_damage() then
    berths:release()
    note(9, id)
    error { sunk = id }
  end
  self:unload(id)
  self:take_tugs(self.priority + 1)
  sim:wait(between(10, 20))
  for _ = 1, self.tug_count do tugs:release() end
  berths:release()
  stays:add(sim.now - arrived)
  note(2, id)
end
function Ship:unload(id)
  local count = self:cargo()
  loads:add(count)
  cranes:acquire(self.priority)
  for _ = 1, count do
    sim:wait(self:unload_time())
    yard:put(1)
  end
  cranes:release()
  note(3, id)
end

local Tanker = class(Ship)
Tanker.tug_count = 2
function Tanker:cargo() return between(2, 5) end
function Tanker:unload_time() return between(30, 60) end

-- A ferry goes before all others and needs no crane.
local Ferry = class(Ship)
Ferry.priority = 5
function Ferry:unload(id)
  sim:wait(between(20, 25))
  note(4, id)
end
function Ferry:storm_damage() return false end

local Giant = class(Ship)
Giant.tug_count = 3
function Giant:cargo() return between(30, 45) end
-- A giant is served by two cranes at once, each a process of its own.
function Giant:unload(id)
  local left, me = 2, sim.current
  local count = self:cargo()
  loads:add(count)
  for k = 1, 2 do
    sim:start(function(share)
      cranes:acquire(1)
      for _ = 1, share do
        sim:wait(self:unload_time())
        yard:put(1)
      end
      cranes:release()
      left = left - 1
      if left == 0 then sim:wake(me) end
    end, k == 1 and floor(count / 2) or math.ceil(count / 2))
  end
  yield()
  note(5, id)
end

local kinds = { Ship, Ship, Ship, Tanker, Ferry, Ferry, Giant, Ship }
local function arrivals()
  local id = 0
  while true do
    sim:wait(between(20, 75))
    id = id + 1
    local kind = kinds[random(#kinds) + 1]
    local ship = setmetatable({}, kind)
    sim:start(function() ship:live(id) end)
  end
end

local trucks = 0
local function truck(number)
  while true do
    sim:wait(between(5, 40))
    yard:take(2)
    customs:acquire(number % 3)
    sim:wait(between(2, 6))
    customs:release()
    trucks = trucks + 1
  end
end

local function night_watch()
  while true do
    sim:wait(1440)
    note(6, yard.level + #berths.queue)
    -- The tugs rest from time to time.
    if random(3) == 0 then
      tugs:acquire(9)
      sim:wait(60)
      tugs:release()
    end
  end
end

sim:start(arrivals)
for i = 1, 8 do sim:start(truck, i) end
sim:start(night_watch)
sim:run(N * 1440)

print("harbor", N, log, sim.steps, sim.running, sim.failures)
print(stays:report("stays"))
print(loads:report("loads"))
print(waits:report("waits"))
for _, r in ipairs { berths, tugs, pilot, cranes, customs } do
  r:account()
  print(r.name, r.served, r.longest, r.waited, string.format("%.4f", r.busy / (r.units * sim.now)))
end
print("yard", yard.level, yard.through, trucks)
