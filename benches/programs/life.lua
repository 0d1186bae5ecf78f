-- [arrays] Conway's Life on a torus of rows, against a sparse version keyed by integers.
-- N: generations (default 380, small 5)
local N = tonumber((...)) or 380
local W, H = 96, 64

local function dense_start(cells)
  local grid = {}
  for y = 1, H do
    local row = {}
    for x = 1, W do row[x] = 0 end
    grid[y] = row
  end
  for _, c in ipairs(cells) do grid[c[2]][c[1]] = 1 end
  return grid
end

local function dense_step(grid)
  local next_grid = {}
  for y = 1, H do
    local up = grid[y == 1 and H or y - 1]
    local row = grid[y]
    local down = grid[y == H and 1 or y + 1]
    local out = {}
    for x = 1, W do
      local l = x == 1 and W or x - 1
      local r = x == W and 1 or x + 1
      local n = up[l] + up[x] + up[r] + row[l] + row[r] + down[l] + down[x] + down[r]
      out[x] = (n == 3 or n == 2 and row[x] == 1) and 1 or 0
    end
    next_grid[y] = out
  end
  return next_grid
end

local function sparse_step(alive)
  local counts = {}
  for key in pairs(alive) do
    local x, y = key % W, math.floor(key / W)
    for dy = -1, 1 do
      local base = (y + dy) % H * W
      for dx = -1, 1 do
        if dx ~= 0 or dy ~= 0 then
          local k = base + (x + dx) % W
          counts[k] = (counts[k] or 0) + 1
        end
      end
    end
  end
  local born = {}
  for key, n in pairs(counts) do
    if n == 3 or n == 2 and alive[key] then born[key] = true end
  end
  return born
end

local seed, cells = 5, {}
for y = 1, H do
  for x = 1, W do
    seed = seed * 16807 % 2147483647
    if seed % 10 < 3 then cells[#cells + 1] = { x, y } end
  end
end

local grid, alive = dense_start(cells), {}
for _, c in ipairs(cells) do alive[(c[2] - 1) * W + c[1] - 1] = true end

local history = 0
for _ = 1, N do
  grid = dense_step(grid)
  alive = sparse_step(alive)
  local count = 0
  for y = 1, H do
    local row = grid[y]
    for x = 1, W do
      count = count + row[x]
      assert((row[x] == 1) == (alive[(y - 1) * W + x - 1] or false))
    end
  end
  history = (history * 31 + count) % 1000003
end
local population = 0
for _ in pairs(alive) do population = population + 1 end
print("life", N, population, history)
