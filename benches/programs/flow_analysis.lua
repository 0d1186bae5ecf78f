-- [program] A compiler's analyses on generated flow graphs: dominators, natural loops and their nesting, strong components, liveness, value numbering, register colouring.
-- N: rounds (default 250, small 1)
-- lua: 5.3-5.5
local N = tonumber((...)) or 250

local seed = 55555
local function random(n)
  seed = seed * 16807 % 2147483647
  return seed % n
end

---------------------------------------------------------------------------
-- Flow graphs, made by expanding statements: sequence, if, while, repeat, switch.

local Block = {}
Block.__index = Block
function Block:link(to)
  self.successors[#self.successors + 1] = to
  to.predecessors[#to.predecessors + 1] = self
end

local Graph = {}
Graph.__index = Graph
local function new_graph()
  return setmetatable({ blocks = {}, registers = 24 }, Graph)
end
function Graph:block()
  local b = setmetatable({ id = #self.blocks + 1, successors = {}, predecessors = {}, code = {} }, Block)
  self.blocks[b.id] = b
  return b
end

local operators = { "add", "mul", "copy", "load", "const" }
function Graph:fill(block)
  -- Code near in the graph uses the same few registers.
  local base = block.id // 4 % (self.registers // 4) * 4
  local function register()
    if random(12) == 0 then return random(self.registers) + 1 end
    return base + random(4) + 1
  end
  for i = 1, 2 + random(5) do
    local op = operators[random(#operators) + 1]
    block.code[i] = { op = op, to = register(), a = register(), b = register() }
  end
end

-- Each maker takes the block it begins in and returns the one it ends in.
local make = {}
function Graph:statement(from, depth)
  if depth == 0 then
    self:fill(from)
    return from
  end
  return make[random(#make) + 1](self, from, depth - 1)
end
make[1] = function(g, from, depth)
  for _ = 1, 2 + random(2) do from = g:statement(from, depth) end
  return from
end
make[2] = function(g, from, depth)
  local yes, no, join = g:block(), g:block(), g:block()
  from:link(yes)
  from:link(no)
  g:statement(yes, depth):link(join)
  g:statement(no, depth):link(join)
  return join
end
make[3] = function(g, from, depth)
  local head, body, out = g:block(), g:block(), g:block()
  from:link(head)
  g:fill(head)
  head:link(body)
  head:link(out)
  local last = g:statement(body, depth)
  last:link(head)
  -- Now and then a "continue".
  if random(3) == 0 then body:link(head) end
  return out
end
make[4] = function(g, from, depth)
  local body, out = g:block(), g:block()
  from:link(body)
  local last = g:statement(body, depth)
  last:link(body)
  last:link(out)
  return out
end
make[5] = function(g, from, depth)
  local out = g:block()
  for _ = 1, 3 do
    local case = g:block()
    from:link(case)
    g:statement(case, depth - (depth > 0 and 1 or 0)):link(out)
  end
  return out
end

local function generate(depth)
  local g = new_graph()
  local entry = g:block()
  g:fill(entry)
  local last = g:statement(entry, depth)
  last = g:statement(last, depth)
  g.exit = g:block()
  last:link(g.exit)
  g.entry = entry
  return g
end

---------------------------------------------------------------------------
-- Reverse postorder, without recursion.

function Graph:reverse_postorder()
  local order, seen = {}, { [self.entry] = true }
  local stack, places = { self.entry }, { 1 }
  while #stack > 0 do
    local top = #stack
    local block, k = stack[top], places[top]
    local following = block.successors[k]
    if following then
      places[top] = k + 1
      if not seen[following] then
        seen[following] = true
        stack[top + 1], places[top + 1] = following, 1
      end
    else
      stack[top], places[top] = nil, nil
      order[#order + 1] = block
    end
  end
  local n = #order
  for i = 1, n // 2 do order[i], order[n + 1 - i] = order[n + 1 - i], order[i] end
  for i = 1, n do order[i].order = i end
  self.order = order
  return order
end

-- Immediate dominators by intersection until nothing changes.
function Graph:dominators()
  local order = self.order
  local idom = { [self.entry] = self.entry }
  local changed = true
  while changed do
    changed = false
    for i = 2, #order do
      local b = order[i]
      local best
      for _, p in ipairs(b.predecessors) do
        if idom[p] then
          if not best then
            best = p
          else
            local x, y = p, best
            while x ~= y do
              while x.order > y.order do x = idom[x] end
              while y.order > x.order do y = idom[y] end
            end
            best = x
          end
        end
      end
      if idom[b] ~= best then
        idom[b] = best
        changed = true
      end
    end
  end
  self.idom = idom
  return idom
end

-- The same by definition: a dominates b if b cannot be reached without a.
function Graph:dominates_slowly(a, b)
  if a == b then return true end
  if a == self.entry then return true end
  local seen, work = { [self.entry] = true }, { self.entry }
  while #work > 0 do
    local block = table.remove(work)
    if block == b then return false end
    for _, s in ipairs(block.successors) do
      if s ~= a and not seen[s] then
        seen[s] = true
        work[#work + 1] = s
      end
    end
  end
  return true
end
function Graph:dominates(a, b)
  while b ~= a do
    local up = self.idom[b]
    if up == b then return false end
    b = up
  end
  return true
end

---------------------------------------------------------------------------
-- Loops: back edges to a dominator; bodies found backwards; nesting by size.

function Graph:loops()
  local by_head, list = {}, {}
  for _, b in ipairs(self.order) do
    for _, s in ipairs(b.successors) do
      if self:dominates(s, b) then
        local loop = by_head[s]
        if not loop then
          loop = { head = s, body = { [s] = true }, size = 1, children = {} }
          by_head[s] = loop
          list[#list + 1] = loop
        end
        local work = { b }
        while #work > 0 do
          local x = table.remove(work)
          if not loop.body[x] then
            loop.body[x] = true
            loop.size = loop.size + 1
            for _, p in ipairs(x.predecessors) do work[#work + 1] = p end
          end
        end
      end
    end
  end
  table.sort(list, function(a, b)
    if a.size ~= b.size then return a.size < b.size end
    return a.head.id < b.head.id
  end)
  for i, inner in ipairs(list) do
    for j = i + 1, #list do
      local outer = list[j]
      if outer ~= inner and outer.body[inner.head] then
        inner.parent = outer
        outer.children[#outer.children + 1] = inner
        break
      end
    end
  end
  for i = #list, 1, -1 do
    local loop = list[i]
    loop.depth = loop.parent and loop.parent.depth + 1 or 1
  end
  return list
end

-- Strong components by Tarjan's method (recursive).
function Graph:components()
  local index, low, on_stack, stack, counter, found = {}, {}, {}, {}, 0, {}
  local function visit(b)
    counter = counter + 1
    index[b], low[b] = counter, counter
    stack[#stack + 1] = b
    on_stack[b] = true
    for _, s in ipairs(b.successors) do
      if not index[s] then
        visit(s)
        if low[s] < low[b] then low[b] = low[s] end
      elseif on_stack[s] and index[s] < low[b] then
        low[b] = index[s]
      end
    end
    if low[b] == index[b] then
      local size = 0
      repeat
        local x = table.remove(stack)
        on_stack[x] = nil
        size = size + 1
      until x == b
      found[#found + 1] = size
    end
  end
  visit(self.entry)
  return found
end

---------------------------------------------------------------------------
-- Liveness with sets of registers as bit masks.

local uses_two = { add = true, mul = true }
local uses_one = { copy = true, load = true }

function Graph:liveness()
  local gen, kill, live_in, live_out = {}, {}, {}, {}
  for _, b in ipairs(self.order) do
    local g, k = 0, 0
    for _, i in ipairs(b.code) do
      if uses_two[i.op] then
        g = g | ((1 << i.a | 1 << i.b) & ~k)
      elseif uses_one[i.op] then
        g = g | (1 << i.a & ~k)
      end
      k = k | 1 << i.to
    end
    gen[b], kill[b], live_in[b], live_out[b] = g, k, 0, 0
  end
  local work, queued = {}, {}
  for i, b in ipairs(self.order) do
    work[i] = b
    queued[b] = true
  end
  local visits = 0
  while #work > 0 do
    local b = table.remove(work)
    queued[b] = nil
    visits = visits + 1
    local out = 0
    for _, s in ipairs(b.successors) do out = out | live_in[s] end
    live_out[b] = out
    local before = gen[b] | (out & ~kill[b])
    if before ~= live_in[b] then
      live_in[b] = before
      for _, p in ipairs(b.predecessors) do
        if p.order and not queued[p] then
          queued[p] = true
          work[#work + 1] = p
        end
      end
    end
  end
  self.live_out = live_out
  return live_in, visits
end

-- Interference of registers, then greedy colouring, most neighbours first.
function Graph:colour()
  local n = self.registers
  local edges = {}
  for r = 1, n do edges[r] = 0 end
  for _, b in ipairs(self.order) do
    local live = self.live_out[b]
    for k = #b.code, 1, -1 do
      local i = b.code[k]
      local others = live & ~(1 << i.to)
      edges[i.to] = edges[i.to] | others
      for r = 1, n do
        if others >> r & 1 == 1 then edges[r] = edges[r] | 1 << i.to end
      end
      live = others
      if uses_two[i.op] then live = live | 1 << i.a | 1 << i.b elseif uses_one[i.op] then live = live | 1 << i.a end
    end
  end
  local function degree(r)
    local d, x = 0, edges[r]
    while x ~= 0 do
      x = x & (x - 1)
      d = d + 1
    end
    return d
  end
  local order = {}
  for r = 1, n do order[r] = r end
  table.sort(order, function(x, y)
    local dx, dy = degree(x), degree(y)
    if dx ~= dy then return dx > dy end
    return x < y
  end)
  local colours, most = {}, 0
  for _, r in ipairs(order) do
    local used = {}
    for o = 1, n do
      if edges[r] >> o & 1 == 1 and colours[o] then used[colours[o]] = true end
    end
    local c = 1
    while used[c] do c = c + 1 end
    colours[r] = c
    if c > most then most = c end
  end
  for r = 1, n do
    for o = 1, n do
      if o ~= r and edges[r] >> o & 1 == 1 then assert(colours[o] ~= colours[r]) end
    end
  end
  return most
end

-- Value numbering within a block: equal expressions get equal numbers.
local function number_values(block)
  local numbers, expressions, fresh, saved = {}, {}, 0, 0
  local function number_of(register)
    local v = numbers[register]
    if not v then
      fresh = fresh + 1
      v = fresh
      numbers[register] = v
    end
    return v
  end
  for _, i in ipairs(block.code) do
    if i.op == "copy" then
      numbers[i.to] = number_of(i.a)
    else
      local key
      if uses_two[i.op] then
        local a, b = number_of(i.a), number_of(i.b)
        if a > b then a, b = b, a end
        key = i.op .. ":" .. a .. ":" .. b
      elseif i.op == "load" then
        key = "load:" .. number_of(i.a)
      else
        key = "const:" .. i.a % 4
      end
      local v = expressions[key]
      if v then
        saved = saved + 1
      else
        fresh = fresh + 1
        v = fresh
        expressions[key] = v
      end
      numbers[i.to] = v
    end
  end
  return saved
end

local checksum, totals = 0, { blocks = 0, loops = 0, deepest = 0, saved = 0, colours = 0 }
for round = 1, N do
  local g = generate(6 + round % 2)
  local order = g:reverse_postorder()
  g:dominators()
  for _ = 1, 12 do
    local a, b = order[random(#order) + 1], order[random(#order) + 1]
    assert(g:dominates(a, b) == g:dominates_slowly(a, b))
  end
  local loops = g:loops()
  local components = g:components()
  local outermost = 0
  for _, loop in ipairs(loops) do
    if not loop.parent then outermost = outermost + loop.size end
    if loop.depth > totals.deepest then totals.deepest = loop.depth end
    checksum = (checksum * 31 + loop.size * loop.depth + loop.head.id) % 1000003
  end
  -- In a reducible graph the outermost loops are the strong components that have a cycle.
  for _, size in ipairs(components) do
    if size > 1 then outermost = outermost - size end
  end
  local single = 0
  for _, loop in ipairs(loops) do
    if not loop.parent and loop.size == 1 then single = single + 1 end
  end
  assert(outermost == single)
  local live, visits = g:liveness()
  checksum = (checksum + live[g.entry] + visits) % 1000003
  totals.colours = totals.colours + g:colour()
  for _, b in ipairs(order) do totals.saved = totals.saved + number_values(b) end
  totals.blocks = totals.blocks + #order
  totals.loops = totals.loops + #loops
end
print("flow_analysis", N, checksum)
print(totals.blocks, totals.loops, totals.deepest, totals.saved, totals.colours)
