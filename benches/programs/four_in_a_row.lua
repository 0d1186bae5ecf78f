-- [program] Game search: alpha-beta with iterative deepening, a transposition table and killer moves for four in a row on bit boards, against a plain array version; perfect noughts and crosses beside it.
-- N: games played (default 16, small 1)
-- lua: 5.3-5.5
local N = tonumber((...)) or 16

local WIDTH, HEIGHT = 7, 6
local STEP = HEIGHT + 1

---------------------------------------------------------------------------
-- Bit board: column c holds bits c * 7 .. c * 7 + 5; the seventh stays empty.

local Board = {}
Board.__index = Board
local function new_board()
  return setmetatable({ mine = 0, theirs = 0, heights = { [0] = 0, 0, 0, 0, 0, 0, 0 }, moves = 0, key = 0 }, Board)
end

local seed = 20011
local function random(n)
  seed = seed * 16807 % 2147483647
  return seed % n
end
local zobrist = { {}, {} }
for side = 1, 2 do
  for bit = 0, STEP * WIDTH do
    zobrist[side][bit] = random(1 << 30) << 31 ~ random(1 << 30)
  end
end

local function has_four(b)
  local m = b & (b >> 1)
  if m & (m >> 2) ~= 0 then return true end
  m = b & (b >> STEP)
  if m & (m >> STEP * 2) ~= 0 then return true end
  m = b & (b >> STEP - 1)
  if m & (m >> (STEP - 1) * 2) ~= 0 then return true end
  m = b & (b >> STEP + 1)
  return m & (m >> (STEP + 1) * 2) ~= 0
end

function Board:can(c) return self.heights[c] < HEIGHT end
function Board:play(c)
  local bit = c * STEP + self.heights[c]
  self.heights[c] = self.heights[c] + 1
  self.key = self.key ~ zobrist[self.moves % 2 + 1][bit]
  self.mine, self.theirs = self.theirs, self.mine | 1 << bit
  self.moves = self.moves + 1
end
function Board:back(c)
  self.heights[c] = self.heights[c] - 1
  local bit = c * STEP + self.heights[c]
  self.moves = self.moves - 1
  self.mine, self.theirs = self.theirs & ~(1 << bit), self.mine
  self.key = self.key ~ zobrist[self.moves % 2 + 1][bit]
end
function Board:wins_at(c)
  return has_four(self.mine | 1 << (c * STEP + self.heights[c]))
end

-- Open lines: every four places in a row, as masks.
local lines = {}
for c = 0, WIDTH - 1 do
  for r = 0, HEIGHT - 1 do
    for _, d in ipairs { { 1, 0 }, { 0, 1 }, { 1, 1 }, { 1, -1 } } do
      local ec, er = c + d[1] * 3, r + d[2] * 3
      if ec < WIDTH and er >= 0 and er < HEIGHT then
        local mask = 0
        for k = 0, 3 do mask = mask | 1 << ((c + d[1] * k) * STEP + r + d[2] * k) end
        lines[#lines + 1] = mask
      end
    end
  end
end

local weight = { [0] = 0, 1, 4, 16, 0 }
local function bits(x)
  local n = 0
  while x ~= 0 do
    x = x & (x - 1)
    n = n + 1
  end
  return n
end
function Board:evaluate()
  local score, mine, theirs = 0, self.mine, self.theirs
  for i = 1, #lines do
    local mask = lines[i]
    local a, b = mine & mask, theirs & mask
    if b == 0 then
      if a ~= 0 then score = score + weight[bits(a)] end
    elseif a == 0 then
      score = score - weight[bits(b)]
    end
  end
  return score
end

---------------------------------------------------------------------------
-- Search.

local WIN = 10000
local Search = {}
Search.__index = Search
local function new_search(board)
  return setmetatable({ board = board, table = {}, killers = {}, nodes = 0, hits = 0, cuts = 0 }, Search)
end

local center_first = { 3, 2, 4, 1, 5, 0, 6 }

function Search:ordered(depth, best)
  local out, n = {}, 0
  local killer = self.killers[depth]
  if best then
    n = 1
    out[1] = best
  end
  if killer and killer ~= best and self.board:can(killer) then
    n = n + 1
    out[n] = killer
  end
  for i = 1, WIDTH do
    local c = center_first[i]
    if c ~= best and c ~= killer and self.board:can(c) then
      n = n + 1
      out[n] = c
    end
  end
  return out
end

function Search:alphabeta(depth, alpha, beta)
  self.nodes = self.nodes + 1
  local board = self.board
  if board.moves == WIDTH * HEIGHT then return 0 end
  for c = 0, WIDTH - 1 do
    if board:can(c) and board:wins_at(c) then return WIN - board.moves end
  end
  if depth == 0 then return board:evaluate() end
  local key = board.key
  local entry = self.table[key]
  local best_move
  if entry then
    if entry.depth >= depth then
      self.hits = self.hits + 1
      if entry.bound == "exact" then return entry.score end
      if entry.bound == "low" and entry.score >= beta then return entry.score end
      if entry.bound == "high" and entry.score <= alpha then return entry.score end
    end
    best_move = entry.move
  end
  local start, best = alpha, -math.huge
  for _, c in ipairs(self:ordered(depth, best_move)) do
    board:play(c)
    local score = -self:alphabeta(depth - 1, -beta, -alpha)
    board:back(c)
    if score > best then best, best_move = score, c end
    if best > alpha then alpha = best end
    if alpha >= beta then
      self.killers[depth] = c
      self.cuts = self.cuts + 1
      break
    end
  end
  local bound = best <= start and "high" or best >= beta and "low" or "exact"
  if entry then
    entry.depth, entry.score, entry.bound, entry.move = depth, best, bound, best_move
  else
    self.table[key] = { depth = depth, score = best, bound = bound, move = best_move }
  end
  return best
end

function Search:choose(depth)
  local board = self.board
  for c = 0, WIDTH - 1 do
    if board:can(c) and board:wins_at(c) then return c, WIN end
  end
  local choice, value
  for d = 1, depth do
    local best, best_score
    for _, c in ipairs(self:ordered(d, choice)) do
      board:play(c)
      local score = -self:alphabeta(d - 1, -math.huge, best_score and -best_score or math.huge)
      board:back(c)
      if not best or score > best_score then best, best_score = c, score end
    end
    choice, value = best, best_score
  end
  return choice, value
end

---------------------------------------------------------------------------
-- The plain version: arrays and minimax without any cutting, for checking.

local Plain = {}
Plain.__index = Plain
local function plain_of(board)
  local p = setmetatable({ cells = {}, heights = {}, moves = board.moves }, Plain)
  local first, second = board.mine, board.theirs
  if board.moves % 2 == 1 then first, second = second, first end
  for c = 0, WIDTH - 1 do
    p.heights[c] = board.heights[c]
    p.cells[c] = {}
    for r = 0, HEIGHT - 1 do
      local bit = c * STEP + r
      p.cells[c][r] = first >> bit & 1 == 1 and 1 or second >> bit & 1 == 1 and 2 or 0
    end
  end
  return p
end
function Plain:at(c, r)
  local column = self.cells[c]
  return column and column[r]
end
function Plain:line(c, r, dc, dr, side)
  local n = 0
  c, r = c + dc, r + dr
  while self:at(c, r) == side do
    n = n + 1
    c, r = c + dc, r + dr
  end
  return n
end
function Plain:wins(c)
  local side, r = self.moves % 2 + 1, self.heights[c]
  return self:line(c, r, 0, -1, side) >= 3
    or self:line(c, r, 1, 0, side) + self:line(c, r, -1, 0, side) >= 3
    or self:line(c, r, 1, 1, side) + self:line(c, r, -1, -1, side) >= 3
    or self:line(c, r, 1, -1, side) + self:line(c, r, -1, 1, side) >= 3
end
function Plain:score_line(c, r, dc, dr)
  local side = self.moves % 2 + 1
  local a, b = 0, 0
  for k = 0, 3 do
    local v = self:at(c + dc * k, r + dr * k)
    if not v then return 0 end
    if v == side then a = a + 1 elseif v ~= 0 then b = b + 1 end
  end
  if a > 0 and b > 0 then return 0 end
  return weight[a] - weight[b]
end
function Plain:evaluate()
  local score = 0
  for c = 0, WIDTH - 1 do
    for r = 0, HEIGHT - 1 do
      score = score + self:score_line(c, r, 1, 0) + self:score_line(c, r, 0, 1)
        + self:score_line(c, r, 1, 1) + self:score_line(c, r, 1, -1)
    end
  end
  return score
end
function Plain:minimax(depth)
  if self.moves == WIDTH * HEIGHT then return 0 end
  for c = 0, WIDTH - 1 do
    if self.heights[c] < HEIGHT and self:wins(c) then return WIN - self.moves end
  end
  if depth == 0 then return self:evaluate() end
  local best = -math.huge
  for c = 0, WIDTH - 1 do
    local r = self.heights[c]
    if r < HEIGHT then
      self.cells[c][r] = self.moves % 2 + 1
      self.heights[c] = r + 1
      self.moves = self.moves + 1
      local score = -self:minimax(depth - 1)
      self.moves = self.moves - 1
      self.heights[c] = r
      self.cells[c][r] = 0
      if score > best then best = score end
    end
  end
  return best
end

---------------------------------------------------------------------------
-- Noughts and crosses, solved from the empty board with positions as strings.

local known = {}
local rows = { { 1, 2, 3 }, { 4, 5, 6 }, { 7, 8, 9 }, { 1, 4, 7 }, { 2, 5, 8 }, { 3, 6, 9 }, { 1, 5, 9 }, { 3, 5, 7 } }
local function solve(position, side)
  local v = known[position]
  if v then return v end
  local other = side == "x" and "o" or "x"
  for _, row in ipairs(rows) do
    if position:sub(row[1], row[1]) == other and position:sub(row[2], row[2]) == other
      and position:sub(row[3], row[3]) == other then
      known[position] = -1
      return -1
    end
  end
  v = position:find(".", 1, true) and -2 or 0
  for i = 1, 9 do
    if position:sub(i, i) == "." then
      local s = -solve(position:sub(1, i - 1) .. side .. position:sub(i + 1), other)
      if s > v then v = s end
    end
  end
  known[position] = v
  return v
end

local function draw(board)
  local p, out = plain_of(board), {}
  for r = HEIGHT - 1, 0, -1 do
    local line = {}
    for c = 0, WIDTH - 1 do line[c + 1] = ("." .. "XO"):sub(p.cells[c][r] + 1, p.cells[c][r] + 1) end
    out[#out + 1] = table.concat(line, " ")
  end
  return table.concat(out, "\n")
end

local nodes, hits, cuts, results, checked = 0, 0, 0, {}, 0
local last
for game = 1, N do
  local board = new_board()
  for _ = 1, 2 + game % 4 do
    local c = random(WIDTH)
    if board:can(c) and not board:wins_at(c) then board:play(c) end
  end
  local outcome = "draw"
  while board.moves < WIDTH * HEIGHT do
    local search = new_search(board)
    local c = search:choose(board.moves % 2 == 0 and 5 or 4)
    nodes, hits, cuts = nodes + search.nodes, hits + search.hits, cuts + search.cuts
    if board.moves % 9 == 5 then
      local fresh = new_search(board)
      assert(fresh:alphabeta(2, -math.huge, math.huge) == plain_of(board):minimax(2))
      checked = checked + 1
    end
    local won = board:wins_at(c)
    board:play(c)
    if won then
      outcome = board.moves % 2 == 1 and "first" or "second"
      break
    end
  end
  results[game] = outcome .. ":" .. board.moves
  last = board
end
assert(solve(".........", "x") == 0)
local positions = 0
for _ in pairs(known) do positions = positions + 1 end
print("four_in_a_row", N, nodes, hits, cuts, checked, positions)
print(table.concat(results, " "))
print(draw(last))
