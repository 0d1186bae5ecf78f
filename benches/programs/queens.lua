-- [arrays] The queens problem: recursion with marks in arrays, an iterative version, and one that keeps solutions.
-- N: board size (default 11, small 6)
local N = tonumber((...)) or 11

local function count_recursive(n)
  local columns, up, down = {}, {}, {}
  for i = 1, n do columns[i] = true end
  for i = 1, 2 * n do up[i], down[i] = true, true end
  local found = 0
  local function place(row)
    if row > n then
      found = found + 1
      return
    end
    for c = 1, n do
      local u, d = row + c - 1, row - c + n
      if columns[c] and up[u] and down[d] then
        columns[c], up[u], down[d] = false, false, false
        place(row + 1)
        columns[c], up[u], down[d] = true, true, true
      end
    end
  end
  place(1)
  return found
end

local function attacked(board, row)
  local c = board[row]
  for i = 1, row - 1 do
    local b = board[i]
    if b == c or b - i == c - row or b + i == c + row then return true end
  end
  return false
end

local function count_iterative(n)
  local board, row, found = { 0 }, 1, 0
  while row > 0 do
    local c = board[row] + 1
    board[row] = c
    if c > n then
      row = row - 1
    elseif not attacked(board, row) then
      if row == n then
        found = found + 1
      else
        row = row + 1
        board[row] = 0
      end
    end
  end
  return found
end

-- Breadth first: every partial board of k rows extended to k + 1 rows.
local function all_boards(n)
  local boards = { {} }
  for row = 1, n do
    local longer = {}
    for b = 1, #boards do
      local board = boards[b]
      for c = 1, n do
        local safe = true
        for i = 1, row - 1 do
          local x = board[i]
          if x == c or x - c == row - i or c - x == row - i then
            safe = false
            break
          end
        end
        if safe then
          local copy = {}
          for i = 1, row - 1 do copy[i] = board[i] end
          copy[row] = c
          longer[#longer + 1] = copy
        end
      end
    end
    boards = longer
  end
  return boards
end

local a, b = count_recursive(N), count_iterative(N)
local boards = all_boards(N)
assert(a == b and a == #boards)
print("queens", N, a, table.concat(boards[1] or {}, " "), table.concat(boards[#boards] or {}, " "))
