-- [program] A small operating system by objects: tasks of inherited kinds behind one run() call, priorities, message queues, semaphores, a page cache, signals; no coroutines.
-- N: thousands of time slices (default 650, small 3)
local N = tonumber((...)) or 650

local seed = 424242
local function random(n)
  seed = seed * 16807 % 2147483647
  return seed % n
end

local function class(parent)
  local c = setmetatable({}, { __index = parent })
  c.__index = c
  return c
end
local function new(c, ...)
  local o = setmetatable({}, c)
  o:init(...)
  return o
end

---------------------------------------------------------------------------
-- Doubly linked queues with a sentinel; a task is on at most one.

local Queue = class()
function Queue:init()
  self.next, self.prev, self.size = self, self, 0
end
function Queue:push(t)
  local last = self.prev
  t.next, t.prev, t.queue = self, last, self
  last.next, self.prev = t, t
  self.size = self.size + 1
end
function Queue:remove(t)
  t.prev.next, t.next.prev = t.next, t.prev
  t.next, t.prev, t.queue = nil, nil, nil
  self.size = self.size - 1
end
function Queue:pop()
  local t = self.next
  if t == self then return nil end
  self:remove(t)
  return t
end

---------------------------------------------------------------------------
-- The kernel: eight levels of priority; each level a queue.

local Kernel = class()
function Kernel:init()
  self.ready = {}
  for level = 1, 8 do self.ready[level] = new(Queue) end
  self.sleeping, self.tasks, self.time, self.switches, self.idle, self.hash = {}, {}, 0, 0, 0, 0
end
function Kernel:add(task)
  self.tasks[#self.tasks + 1] = task
  task.kernel, task.pid = self, #self.tasks
  self:make_ready(task)
  return task
end
function Kernel:make_ready(task)
  task.state = "ready"
  self.ready[task.level]:push(task)
end
function Kernel:note(v)
  self.hash = (self.hash * 31 + v) % 1000003
end
function Kernel:sleep(task, ticks)
  task.state = "sleeping"
  local at = self.time + ticks
  local list = self.sleeping[at]
  if not list then
    list = {}
    self.sleeping[at] = list
  end
  list[#list + 1] = task
end
function Kernel:pick()
  for level = 1, 8 do
    local task = self.ready[level]:pop()
    if task then return task end
  end
end
-- Tasks that wait long move up; so that none starves.
function Kernel:lift()
  for level = 2, 8 do
    local queue = self.ready[level]
    local task = queue.next
    if task ~= queue and self.time - task.last_run > 200 then
      queue:remove(task)
      task.level = level - 1
      self:make_ready(task)
    end
  end
end
function Kernel:slice()
  self.time = self.time + 1
  local due = self.sleeping[self.time]
  if due then
    self.sleeping[self.time] = nil
    for i = 1, #due do
      if due[i].state == "sleeping" then self:make_ready(due[i]) end
    end
  end
  if self.time % 64 == 0 then self:lift() end
  local task = self:pick()
  if not task then
    self.idle = self.idle + 1
    return
  end
  if task ~= self.last then self.switches = self.switches + 1 end
  self.last = task
  task.state = "running"
  task.last_run, task.runs = self.time, task.runs + 1
  if task.pending > 0 then task:signal() end
  task:run()
  if task.state == "running" then
    task.level = task.base_level
    self:make_ready(task)
  end
end

---------------------------------------------------------------------------
-- Things that tasks wait on.

local Semaphore = class()
function Semaphore:init(kernel, count)
  self.kernel, self.count, self.waiters = kernel, count, new(Queue)
end
function Semaphore:down(task)
  if self.count > 0 then
    self.count = self.count - 1
    return true
  end
  task.state = "blocked"
  self.waiters:push(task)
  return false
end
function Semaphore:up()
  local task = self.waiters:pop()
  if task then
    -- The unit passes straight to the waiter, which is told so.
    task.granted = self
    self.kernel:make_ready(task)
  else
    self.count = self.count + 1
  end
end

local Mailbox = class()
function Mailbox:init(kernel, capacity)
  self.kernel, self.capacity, self.first, self.last, self.readers = kernel, capacity, 1, 0, new(Queue)
end
function Mailbox:length() return self.last - self.first + 1 end
function Mailbox:post(message)
  if self:length() >= self.capacity then return false end
  self.last = self.last + 1
  self[self.last] = message
  local reader = self.readers:pop()
  if reader then self.kernel:make_ready(reader) end
  return true
end
function Mailbox:read(task)
  if self.first > self.last then
    task.state = "blocked"
    self.readers:push(task)
    return nil
  end
  local message = self[self.first]
  self[self.first] = nil
  self.first = self.first + 1
  return message
end

-- Pages kept by the clock algorithm.
local Cache = class()
function Cache:init(size)
  self.size, self.slots, self.place, self.used, self.hand, self.hits, self.misses = size, {}, {}, {}, 1, 0, 0
end
function Cache:get(page)
  local at = self.place[page]
  if at then
    self.used[at] = true
    self.hits = self.hits + 1
    return self.slots[at]
  end
  self.misses = self.misses + 1
  while self.used[self.hand] do
    self.used[self.hand] = false
    self.hand = self.hand % self.size + 1
  end
  at = self.hand
  local old = self.slots[at]
  if old then self.place[old.page] = nil end
  local fresh = { page = page, sum = page * 7 % 257 }
  self.slots[at], self.place[page], self.used[at] = fresh, at, true
  self.hand = at % self.size + 1
  return fresh
end

---------------------------------------------------------------------------
-- Kinds of task.

local Task = class()
function Task:init(level)
  self.level, self.base_level, self.runs, self.last_run, self.pending, self.work = level, level, 0, 0, 0, 0
end
function Task:run() error("a task must say what it does") end
function Task:signal()
  self.pending = self.pending - 1
  self.work = self.work + 1
end

-- Computes a little in every slice.
local Cruncher = class(Task)
function Cruncher:init(level, start)
  Task.init(self, level)
  self.value = start
end
function Cruncher:run()
  local v = self.value
  for _ = 1, 12 do
    if v % 2 == 0 then v = (v * 3 + 1) % 8191 else v = (v * 5 + 7) % 8191 end
    if v == 1 then
      self.work = self.work + 1
      v = self.runs % 1000 + 27
    end
  end
  self.value = v
  self.kernel:note(v % 1009)
end

-- Sleeps, wakes, posts.
local Device = class(Task)
function Device:init(level, period, box)
  Task.init(self, level)
  self.period, self.box, self.lost = period, box, 0
end
function Device:run()
  local message = { from = self.pid, body = random(1000), hops = 0 }
  if not self.box:post(message) then self.lost = self.lost + 1 end
  self.kernel:sleep(self, self.period + random(self.period))
end

-- Reads messages, looks at pages, passes some on.
local Server = class(Task)
function Server:init(level, box, onward, cache)
  Task.init(self, level)
  self.box, self.onward, self.cache = box, onward, cache
end
function Server:run()
  local message = self.box:read(self)
  if not message then return end
  self.work = self.work + 1
  local page = self.cache:get(message.body % 90)
  message.hops = message.hops + 1
  message.body = (message.body + page.sum) % 1000
  self:handle(message)
end
function Server:handle(message)
  if self.onward and message.body % 3 ~= 0 and message.hops < 6 then self.onward:post(message) end
  self.kernel:note(message.body)
end

-- A server that shouts at a task now and then.
local Guard = class(Server)
function Guard:init(level, box, onward, cache, victim)
  Server.init(self, level, box, onward, cache)
  self.victim = victim
end
function Guard:handle(message)
  if message.body % 10 == 0 then self.victim.pending = self.victim.pending + 1 end
  Server.handle(self, message)
end

-- Needs two semaphores, in one order, holds them for a while.
local Philosopher = class(Task)
function Philosopher:init(level, a, b)
  Task.init(self, level)
  self.first, self.second, self.step, self.meals = a, b, 1, 0
end
Philosopher.steps = {
  function(self)
    if self.granted == self.first or self.first:down(self) then
      self.granted = nil
      return 2
    end
    return 1
  end,
  function(self)
    if self.granted == self.second or self.second:down(self) then
      self.granted = nil
      return 3
    end
    return 2
  end,
  function(self)
    self.meals = self.meals + 1
    self.kernel:sleep(self, 3)
    return 4
  end,
  function(self)
    self.second:up()
    self.first:up()
    self.kernel:sleep(self, 5 + random(10))
    return 1
  end,
}
function Philosopher:run() self.step = self.steps[self.step](self) end
function Philosopher:signal()
  Task.signal(self)
  self.kernel:note(self.pid)
end

---------------------------------------------------------------------------

local kernel = new(Kernel)
local cache = new(Cache, 48)
local boxes = {}
for i = 1, 4 do boxes[i] = new(Mailbox, kernel, 16) end
local forks = {}
for i = 1, 5 do forks[i] = new(Semaphore, kernel, 1) end
local philosophers = {}
for i = 1, 5 do
  local a, b = i, i % 5 + 1
  if a > b then a, b = b, a end
  philosophers[i] = kernel:add(new(Philosopher, 3, forks[a], forks[b]))
end
for i = 1, 6 do kernel:add(new(Device, 1, 9 + i * 3, boxes[i % 4 + 1])) end
for i = 1, 4 do kernel:add(new(Server, 4, boxes[i], boxes[i % 4 + 1], cache)) end
kernel:add(new(Guard, 5, boxes[1], boxes[2], cache, philosophers[2]))
kernel:add(new(Cruncher, 7, 27))
kernel:add(new(Cruncher, 8, 97))
local slices = N * 1000
for _ = 1, slices do kernel:slice() end

local meals, work, runs = 0, 0, 0
for _, task in ipairs(kernel.tasks) do
  meals = meals + (task.meals or 0)
  work = work + task.work
  runs = runs + task.runs
end
assert(runs + kernel.idle == slices)
print("task_scheduler", N, kernel.hash, kernel.switches, kernel.idle)
print(meals, work, cache.hits, cache.misses)
