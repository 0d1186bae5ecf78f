-- [program] A spatial simulation: creatures of several inherited kinds on a plane, found through a quadtree and checked against a grid; collisions, hunting, breeding, obstacles.
-- N: ticks (default 260, small 12)
local N = tonumber((...)) or 260

local sqrt, floor, max, min, abs = math.sqrt, math.floor, math.max, math.min, math.abs
local WORLD = 512

local seed = 161803
local function random(n)
  seed = seed * 16807 % 2147483647
  return seed % n
end
-- Exact in binary, so that results do not hang on the last bit.
local function fraction() return random(1024) / 1024 end

local function class(parent)
  local c = setmetatable({}, { __index = parent })
  c.__index = c
  c.super = parent
  return c
end

---------------------------------------------------------------------------
-- Rectangles and the quadtree.

local Box = class()
function Box.new(x, y, w, h) return setmetatable({ x = x, y = y, w = w, h = h }, Box) end
function Box:contains(x, y)
  return x >= self.x and x < self.x + self.w and y >= self.y and y < self.y + self.h
end
function Box:overlaps(o)
  return self.x < o.x + o.w and o.x < self.x + self.w and self.y < o.y + o.h and o.y < self.y + self.h
end

local Quadtree = class()
local CAPACITY, DEEPEST = 6, 8
function Quadtree.new(box, depth)
  return setmetatable({ box = box, depth = depth or 0, count = 0, items = {}, parts = nil }, Quadtree)
end
function Quadtree:split()
  local b = self.box
  local w, h = b.w / 2, b.h / 2
  local d = self.depth + 1
  self.parts = {
    Quadtree.new(Box.new(b.x, b.y, w, h), d), Quadtree.new(Box.new(b.x + w, b.y, w, h), d),
    Quadtree.new(Box.new(b.x, b.y + h, w, h), d), Quadtree.new(Box.new(b.x + w, b.y + h, w, h), d),
  }
  local items = self.items
  self.items = nil
  for i = 1, #items do self:part_for(items[i].x, items[i].y):insert(items[i]) end
end
function Quadtree:part_for(x, y)
  local b = self.box
  local k = 1
  if x >= b.x + b.w / 2 then k = 2 end
  if y >= b.y + b.h / 2 then k = k + 2 end
  return self.parts[k]
end
function Quadtree:insert(item)
  self.count = self.count + 1
  if self.parts then return self:part_for(item.x, item.y):insert(item) end
  local items = self.items
  items[#items + 1] = item
  if #items > CAPACITY and self.depth < DEEPEST then self:split() end
end
function Quadtree:query(box, found)
  if self.count == 0 or not self.box:overlaps(box) then return found end
  if self.parts then
    for i = 1, 4 do self.parts[i]:query(box, found) end
  else
    for i = 1, #self.items do
      local item = self.items[i]
      if box:contains(item.x, item.y) then found[#found + 1] = item end
    end
  end
  return found
end
function Quadtree:height()
  if not self.parts then return 1 end
  local h = 0
  for i = 1, 4 do h = max(h, self.parts[i]:height()) end
  return h + 1
end

---------------------------------------------------------------------------
-- A uniform grid with the same query, as a check and a second way.

local Grid = class()
function Grid.new(cell)
  return setmetatable({ cell = cell, cells = {} }, Grid)
end
function Grid:insert(item)
  local key = floor(item.x / self.cell) * 1000 + floor(item.y / self.cell)
  local list = self.cells[key]
  if not list then
    list = {}
    self.cells[key] = list
  end
  list[#list + 1] = item
end
function Grid:count(box)
  local n = 0
  for cx = floor(box.x / self.cell), floor((box.x + box.w) / self.cell) do
    for cy = floor(box.y / self.cell), floor((box.y + box.h) / self.cell) do
      local list = self.cells[cx * 1000 + cy]
      if list then
        for i = 1, #list do
          if box:contains(list[i].x, list[i].y) then n = n + 1 end
        end
      end
    end
  end
  return n
end

---------------------------------------------------------------------------
-- Things in the world.

local Thing = class()
Thing.kind, Thing.radius, Thing.solid = "thing", 2, false
function Thing:init(world, x, y)
  self.world, self.x, self.y = world, x, y
  self.alive = true
  self.id = world:next_id()
end
local function make(c, ...)
  local o = setmetatable({}, c)
  o:init(...)
  return o
end
function Thing:tick() end
function Thing:touch() end
function Thing:distance(o)
  local dx, dy = self.x - o.x, self.y - o.y
  return sqrt(dx * dx + dy * dy)
end
function Thing:die() self.alive = false end

local Rock = class(Thing)
Rock.kind, Rock.radius, Rock.solid = "rock", 6, true

local Plant = class(Thing)
Plant.kind, Plant.radius = "plant", 1
function Plant:init(world, x, y)
  Thing.init(self, world, x, y)
  self.food = 1
end
function Plant:tick()
  self.food = min(self.food + 0.125, 8)
  if self.food == 8 and random(400) == 0 then
    self.food = 2
    self.world:spawn(Plant, self.x + random(41) - 20, self.y + random(41) - 20)
  end
end

local Animal = class(Thing)
Animal.speed, Animal.hunger, Animal.sight, Animal.litter = 1, 0.25, 24, 40
function Animal:init(world, x, y)
  Thing.init(self, world, x, y)
  self.energy = 20
  self.age = 0
  self.dx, self.dy = fraction() - 0.5, fraction() - 0.5
end
function Animal:eats() return false end
function Animal:fears() return false end
function Animal:steer(dx, dy, weight)
  self.dx, self.dy = self.dx + dx * weight, self.dy + dy * weight
end
function Animal:look()
  local s = self.sight
  local near = self.world.tree:query(Box.new(self.x - s, self.y - s, s * 2, s * 2), {})
  local best, best_distance
  for i = 1, #near do
    local o = near[i]
    if o ~= self and o.alive then
      local d = self:distance(o)
      if self:fears(o) then
        self:steer(self.x - o.x, self.y - o.y, 1 / (1 + d))
      elseif self:eats(o) and (not best or d < best_distance) then
        best, best_distance = o, d
      end
      if d < self.radius + o.radius then self:touch(o, d) end
    end
  end
  if best then self:steer(best.x - self.x, best.y - self.y, 0.25) end
end
function Animal:touch(o, d)
  if self:eats(o) then
    self:eat(o)
  elseif o.solid or o.kind == self.kind then
    local push = (self.radius + o.radius - d) / 2
    if d > 0 then
      self.x = self.x + (self.x - o.x) / d * push
      self.y = self.y + (self.y - o.y) / d * push
    end
    if o.solid then self.dx, self.dy = -self.dx, -self.dy end
    self.world.bumps = self.world.bumps + 1
  end
end
function Animal:move()
  local length = sqrt(self.dx * self.dx + self.dy * self.dy)
  if length > 1e-9 then
    self.dx, self.dy = self.dx / length, self.dy / length
  end
  -- Rounded to 1/64, so that the simulation repeats on every machine.
  self.x = floor((self.x + self.dx * self.speed) * 64 + 0.5) / 64
  self.y = floor((self.y + self.dy * self.speed) * 64 + 0.5) / 64
  self.dx = floor((self.dx + (fraction() - 0.5) * 0.5) * 64 + 0.5) / 64
  self.dy = floor((self.dy + (fraction() - 0.5) * 0.5) * 64 + 0.5) / 64
  self.world:keep_inside(self)
end
function Animal:tick()
  self.age = self.age + 1
  self.energy = self.energy - self.hunger
  if self.energy <= 0 or self.age > self.oldest then return self:die() end
  self:look()
  self:move()
  if self.energy > self.litter then
    self.energy = self.energy / 2
    self.world:spawn(getmetatable(self), self.x + random(9) - 4, self.y + random(9) - 4)
  end
end

local Rabbit = class(Animal)
Rabbit.kind, Rabbit.radius, Rabbit.speed, Rabbit.litter, Rabbit.oldest = "rabbit", 2, 2, 27, 120
function Rabbit:eats(o) return o.kind == "plant" and o.food > 2 end
function Rabbit:fears(o) return o.kind == "fox" end
function Rabbit:eat(o)
  local bite = min(o.food, 4)
  o.food = o.food - bite
  self.energy = self.energy + bite
end

local Fox = class(Animal)
Fox.kind, Fox.radius, Fox.speed, Fox.hunger, Fox.sight, Fox.litter, Fox.oldest = "fox", 3, 3, 0.375, 32, 60, 200
function Fox:eats(o) return o.kind == "rabbit" end
function Fox:eat(o)
  o:die()
  self.energy = self.energy + 12
  self.world.kills = self.world.kills + 1
end

-- A fox that keeps near its den.
local Vixen = class(Fox)
function Vixen:init(world, x, y)
  Fox.init(self, world, x, y)
  self.den_x, self.den_y = x, y
end
function Vixen:look()
  Fox.look(self)
  if abs(self.x - self.den_x) + abs(self.y - self.den_y) > 80 then
    self:steer(self.den_x - self.x, self.den_y - self.y, 0.125)
  end
end

---------------------------------------------------------------------------
-- The world.

local World = class()
function World.new()
  return setmetatable({ things = {}, born = {}, ids = 0, kills = 0, bumps = 0, tick_count = 0, limit = 900 }, World)
end
function World:next_id()
  self.ids = self.ids + 1
  return self.ids
end
function World:keep_inside(o)
  if o.x < 0 then o.x, o.dx = 0, -(o.dx or 0) elseif o.x >= WORLD then o.x, o.dx = WORLD - 1, -(o.dx or 0) end
  if o.y < 0 then o.y, o.dy = 0, -(o.dy or 0) elseif o.y >= WORLD then o.y, o.dy = WORLD - 1, -(o.dy or 0) end
end
function World:spawn(kind, x, y)
  if #self.things + #self.born >= self.limit then return end
  local o = make(kind, self, x, y)
  self:keep_inside(o)
  self.born[#self.born + 1] = o
end
function World:populate(kind, count)
  for _ = 1, count do self:spawn(kind, random(WORLD * 8) / 8, random(WORLD * 8) / 8) end
end
function World:rebuild()
  self.tree = Quadtree.new(Box.new(0, 0, WORLD, WORLD))
  for i = 1, #self.things do self.tree:insert(self.things[i]) end
end
function World:settle()
  local kept = {}
  for _, list in ipairs { self.things, self.born } do
    for i = 1, #list do
      if list[i].alive then kept[#kept + 1] = list[i] end
    end
  end
  self.things, self.born = kept, {}
end
function World:tick()
  self.tick_count = self.tick_count + 1
  self:settle()
  self:rebuild()
  for i = 1, #self.things do
    local o = self.things[i]
    if o.alive then o:tick() end
  end
  -- The meadow is never quite empty.
  if self.tick_count % 20 == 0 then
    self:populate(Plant, 20)
    self:populate(Rabbit, 6)
    if self.tick_count % 60 == 0 then self:populate(Vixen, 2) end
  end
end
function World:check()
  local grid = Grid.new(32)
  self:settle()
  self:rebuild()
  for i = 1, #self.things do grid:insert(self.things[i]) end
  local total = 0
  for k = 1, 40 do
    local box = Box.new(random(400), random(400), 10 + k * 2, 90 - k)
    local found = self.tree:query(box, {})
    assert(#found == grid:count(box))
    total = total + #found
  end
  assert(self.tree.count == #self.things)
  return total
end
function World:census()
  local counts = {}
  for _, o in ipairs(self.things) do counts[o.kind] = (counts[o.kind] or 0) + 1 end
  return counts
end

local world = World.new()
world:populate(Rock, 30)
world:populate(Plant, 300)
world:populate(Rabbit, 150)
world:populate(Fox, 12)
world:populate(Vixen, 6)
local history, heights, checked = 0, 0, 0
for t = 1, N do
  world:tick()
  if t % 10 == 0 then
    checked = checked + world:check()
    heights = heights + world.tree:height()
    local c = world:census()
    history = (history * 31 + (c.plant or 0) * 7 + (c.rabbit or 0) * 3 + (c.fox or 0)) % 1000003
  end
end
local c = world:census()
print("meadow", N, history, heights, checked)
print(c.rock or 0, c.plant or 0, c.rabbit or 0, c.fox or 0, world.kills, world.bumps, world.ids)
local sum = 0
for _, o in ipairs(world.things) do sum = sum + floor(o.x * 8) + floor(o.y * 8) * 3 end
print(sum % 1000003)
