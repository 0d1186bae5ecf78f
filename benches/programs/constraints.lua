-- [program] A finite-domain constraint solver (propagation queue, trail, smallest-domain branching) on sudoku, a letter sum, map colouring, magic squares and scheduling.
-- N: rounds (default 36, small 1)
local N = tonumber((...)) or 36

---------------------------------------------------------------------------
-- The solver. A domain is a set of values in a table with a count; removals are
-- recorded on a trail, so that a choice can be undone.

local Solver = {}
Solver.__index = Solver

local function new_solver()
  return setmetatable({ variables = {}, queue = {}, head = 1, tail = 0, trail = {}, top = 0, nodes = 0, removals = 0 }, Solver)
end

function Solver:variable(name, low, high)
  local domain = {}
  for v = low, high do domain[v] = true end
  local var = { name = name, domain = domain, low = low, high = high, size = high - low + 1, watchers = {} }
  self.variables[#self.variables + 1] = var
  return var
end

function Solver:post(constraint)
  for _, var in ipairs(constraint.vars) do table.insert(var.watchers, constraint) end
  self:enqueue(constraint)
  return constraint
end

function Solver:enqueue(constraint)
  if not constraint.queued then
    constraint.queued = true
    self.tail = self.tail + 1
    self.queue[self.tail] = constraint
  end
end

-- Takes a value away; false if that empties the domain.
function Solver:remove(var, value)
  local domain = var.domain
  if not domain[value] then return true end
  domain[value] = nil
  var.size = var.size - 1
  local top = self.top
  self.trail[top + 1], self.trail[top + 2] = var, value
  self.top = top + 2
  self.removals = self.removals + 1
  if var.size == 0 then return false end
  local low, high = var.low, var.high
  if value == low or value == high then
    while not domain[low] do low = low + 1 end
    while not domain[high] do high = high - 1 end
    -- The bounds are recorded under negative marks so that undoing restores them.
    self.trail[top + 3], self.trail[top + 4] = "low", var.low
    self.trail[top + 5], self.trail[top + 6] = "high", var.high
    self.top = top + 6
    var.low, var.high = low, high
  end
  for _, watcher in ipairs(var.watchers) do self:enqueue(watcher) end
  return true
end

function Solver:assign(var, value)
  for v = var.low, var.high do
    if v ~= value and var.domain[v] and not self:remove(var, v) then return false end
  end
  return var.domain[value] == true
end

function Solver:undo(mark)
  local trail = self.trail
  local low, high
  for i = self.top - 1, mark + 1, -2 do
    local what, value = trail[i], trail[i + 1]
    if what == "low" then
      low = value
    elseif what == "high" then
      high = value
    else
      what.domain[value] = true
      what.size = what.size + 1
      if low then
        what.low, what.high = low, high
        low, high = nil, nil
      end
    end
    trail[i], trail[i + 1] = nil, nil
  end
  self.top = mark
end

function Solver:clear_queue()
  for i = self.head, self.tail do
    self.queue[i].queued = false
    self.queue[i] = nil
  end
  self.head, self.tail = 1, 0
end

function Solver:propagate()
  while self.head <= self.tail do
    local constraint = self.queue[self.head]
    self.queue[self.head] = nil
    self.head = self.head + 1
    constraint.queued = false
    if not constraint:propagate(self) then
      self:clear_queue()
      return false
    end
  end
  self.head, self.tail = 1, 0
  return true
end

function Solver:choose()
  local best
  for _, var in ipairs(self.variables) do
    if var.size > 1 and (not best or var.size < best.size) then
      best = var
      if best.size == 2 then break end
    end
  end
  return best
end

-- Calls found() at each solution until it returns true or the limit is reached.
function Solver:search(found)
  self.nodes = self.nodes + 1
  if not self:propagate() then return false end
  local var = self:choose()
  if not var then return found() end
  for value = var.low, var.high do
    if var.domain[value] then
      local mark = self.top
      if self:assign(var, value) and self:search(found) then return true end
      self:clear_queue()
      self:undo(mark)
    end
  end
  return false
end

---------------------------------------------------------------------------
-- Constraints: objects with vars and propagate.

local function class()
  local c = {}
  c.__index = c
  return c
end

local AllDifferent = class()
function AllDifferent:propagate(solver)
  local vars = self.vars
  for i = 1, #vars do
    local var = vars[i]
    if var.size == 1 then
      local value = var.low
      for j = 1, #vars do
        if j ~= i and vars[j].domain[value] and not solver:remove(vars[j], value) then return false end
      end
    end
  end
  return self:hidden_singles(solver)
end
-- When there are as many values as variables, a value with one place left must go there.
function AllDifferent:hidden_singles(solver)
  if not self.tight then return true end
  local vars = self.vars
  for value = self.from, self.to do
    local place, count = nil, 0
    for i = 1, #vars do
      if vars[i].domain[value] then
        place = vars[i]
        count = count + 1
        if count > 1 then break end
      end
    end
    if count == 0 then return false end
    if count == 1 and place.size > 1 and not solver:assign(place, value) then return false end
  end
  return true
end
local function all_different(solver, vars, from, to)
  return solver:post(setmetatable({ vars = vars, tight = from and to - from + 1 == #vars, from = from, to = to }, AllDifferent))
end

-- sum of weights[i] * vars[i] equals total: bounds reasoning.
local Linear = class()
function Linear:propagate(solver)
  local vars, weights = self.vars, self.weights
  local low, high = -self.total, -self.total
  for i = 1, #vars do
    local w, var = weights[i], vars[i]
    if w > 0 then
      low, high = low + w * var.low, high + w * var.high
    else
      low, high = low + w * var.high, high + w * var.low
    end
  end
  if low > 0 or high < 0 then return false end
  for i = 1, #vars do
    local w, var = weights[i], vars[i]
    for value = var.low, var.high do
      if var.domain[value] then
        local rest_low, rest_high
        if w > 0 then
          rest_low, rest_high = low - w * var.low, high - w * var.high
        else
          rest_low, rest_high = low - w * var.high, high - w * var.low
        end
        local term = w * value
        if rest_low + term > 0 or rest_high + term < 0 then
          if not solver:remove(var, value) then return false end
          if w > 0 then
            low, high = rest_low + w * var.low, rest_high + w * var.high
          else
            low, high = rest_low + w * var.high, rest_high + w * var.low
          end
        end
      end
    end
  end
  return true
end
local function linear(solver, vars, weights, total)
  return solver:post(setmetatable({ vars = vars, weights = weights, total = total }, Linear))
end

-- Any relation of two variables, given as a function: arc consistency by support.
local Binary = class()
function Binary:revise(solver, a, b, test)
  for x = a.low, a.high do
    if a.domain[x] then
      local supported = false
      for y = b.low, b.high do
        if b.domain[y] and test(x, y) then
          supported = true
          break
        end
      end
      if not supported and not solver:remove(a, x) then return false end
    end
  end
  return true
end
function Binary:propagate(solver)
  local a, b, test = self.vars[1], self.vars[2], self.test
  return self:revise(solver, a, b, test)
    and self:revise(solver, b, a, function(y, x) return test(x, y) end)
end
local function binary(solver, a, b, test)
  return solver:post(setmetatable({ vars = { a, b }, test = test }, Binary))
end

---------------------------------------------------------------------------
-- Problems.

local checksum = 0
local function note(v) checksum = (checksum * 31 + v) % 1000003 end

local function solution_text(vars)
  local out = {}
  for i, var in ipairs(vars) do out[i] = string.char(48 + var.low) end
  return table.concat(out)
end

-- A sudoku is made from a shifted grid by swapping digits and rows, then opening cells.
local function make_sudoku(seed, holes)
  local function random(n)
    seed = seed * 16807 % 2147483647
    return seed % n
  end
  local digits, rows, columns = {}, {}, {}
  for i = 1, 9 do digits[i] = i end
  for i = 9, 2, -1 do
    local j = random(i) + 1
    digits[i], digits[j] = digits[j], digits[i]
  end
  for band = 0, 2 do
    local shift, other = random(3), random(3)
    for k = 0, 2 do
      rows[band * 3 + k + 1] = band * 3 + (k + shift) % 3
      columns[band * 3 + k + 1] = band * 3 + (k + other) % 3
    end
  end
  local cells = {}
  for r = 1, 9 do
    for c = 1, 9 do
      local y, x = rows[r], columns[c]
      cells[(r - 1) * 9 + c] = digits[(y * 3 + math.floor(y / 3) + x) % 9 + 1]
    end
  end
  for _ = 1, holes do cells[random(81) + 1] = 0 end
  return cells
end

local function sudoku(cells)
  local solver, grid = new_solver(), {}
  for i = 1, 81 do grid[i] = solver:variable("c" .. i, 1, 9) end
  for k = 0, 8 do
    local row, column, box = {}, {}, {}
    for i = 0, 8 do
      row[i + 1] = grid[k * 9 + i + 1]
      column[i + 1] = grid[i * 9 + k + 1]
      box[i + 1] = grid[(math.floor(k / 3) * 3 + math.floor(i / 3)) * 9 + k % 3 * 3 + i % 3 + 1]
    end
    all_different(solver, row, 1, 9)
    all_different(solver, column, 1, 9)
    all_different(solver, box, 1, 9)
  end
  for i = 1, 81 do
    if cells[i] ~= 0 then assert(solver:assign(grid[i], cells[i])) end
  end
  local count, first = 0, nil
  solver:search(function()
    count = count + 1
    first = first or solution_text(grid)
    return count == 20
  end)
  assert(first and count >= 1)
  for i = 1, 81 do
    if cells[i] ~= 0 then assert(first:byte(i) - 48 == cells[i]) end
  end
  note(solver.nodes + count * 7 + solver.removals)
  return first, count
end

local function letter_sum()
  local solver, by_letter, vars = new_solver(), {}, {}
  for letter in ("SENDMORY"):gmatch(".") do
    by_letter[letter] = solver:variable(letter, 0, 9)
    vars[#vars + 1] = by_letter[letter]
  end
  solver:remove(by_letter.S, 0)
  solver:remove(by_letter.M, 0)
  all_different(solver, vars)
  local weights = { S = 1000, E = 100 - 10 + 1, N = 10 - 100, D = 1, M = 1000 - 10000, O = 100 - 1000, R = 10, Y = -1 }
  local w = {}
  for i, var in ipairs(vars) do w[i] = weights[var.name] end
  linear(solver, vars, w, 0)
  local answers = {}
  solver:search(function()
    answers[#answers + 1] = solution_text(vars)
    return false
  end)
  assert(#answers == 1)
  note(solver.nodes)
  return answers[1]
end

local function colouring(width, height)
  local solver, map = new_solver(), {}
  for i = 0, width * height - 1 do map[i] = solver:variable("r" .. i, 1, 3) end
  local function unlike(x, y) return x ~= y end
  for y = 0, height - 1 do
    for x = 0, width - 1 do
      local i = y * width + x
      if x + 1 < width then binary(solver, map[i], map[i + 1], unlike) end
      if y + 1 < height then binary(solver, map[i], map[i + width], unlike) end
      if x + 1 < width and y + 1 < height and (x + y) % 3 == 0 then
        binary(solver, map[i], map[i + width + 1], unlike)
      end
    end
  end
  local count = 0
  solver:search(function()
    count = count + 1
    return count == 60
  end)
  note(count * 3 + solver.nodes)
  return count
end

local function magic_square(limit)
  local solver, s = new_solver(), {}
  for i = 1, 9 do s[i] = solver:variable("m" .. i, 1, 9) end
  all_different(solver, s, 1, 9)
  local ones = { 1, 1, 1 }
  for _, line in ipairs { { 1, 2, 3 }, { 4, 5, 6 }, { 7, 8, 9 }, { 1, 4, 7 }, { 2, 5, 8 }, { 3, 6, 9 }, { 1, 5, 9 }, { 3, 5, 7 } } do
    linear(solver, { s[line[1]], s[line[2]], s[line[3]] }, ones, 15)
  end
  local count = 0
  solver:search(function()
    count = count + 1
    note(tonumber(solution_text(s)) % 9973)
    return count == limit
  end)
  return count
end

-- Jobs with lengths, an order between some of them, and two machines on which they may not overlap.
local function schedule(horizon)
  local solver = new_solver()
  local lengths = { 3, 2, 4, 2, 3, 5, 1, 2 }
  local starts = {}
  for i, length in ipairs(lengths) do starts[i] = solver:variable("j" .. i, 0, horizon - length) end
  local function before(i, j)
    binary(solver, starts[i], starts[j], function(x, y) return x + lengths[i] <= y end)
  end
  local function apart(i, j)
    binary(solver, starts[i], starts[j], function(x, y) return x + lengths[i] <= y or y + lengths[j] <= x end)
  end
  before(1, 3)
  before(2, 4)
  before(3, 6)
  before(5, 7)
  for _, machine in ipairs { { 1, 2, 5, 6 }, { 3, 4, 7, 8 } } do
    for a = 1, #machine do
      for b = a + 1, #machine do apart(machine[a], machine[b]) end
    end
  end
  local answer
  solver:search(function()
    answer = {}
    for i, s in ipairs(starts) do answer[i] = s.low end
    return true
  end)
  note(solver.nodes)
  return answer and table.concat(answer, " ")
end

local function shortest_schedule()
  for horizon = 8, 30 do
    local answer = schedule(horizon)
    if answer then return horizon, answer end
  end
end

local last
for round = 1, N do
  for k = 1, 3 do
    local first, count = sudoku(make_sudoku(round * 100 + k, 75 + k * 15))
    note(count)
    last = first
  end
  assert(letter_sum() == "95671082")
  colouring(8, 6)
  assert(magic_square(8) == 8)
  shortest_schedule()
end
print("constraints", N, checksum)
print(last)
print("schedule", shortest_schedule())
