-- [tables] Graph algorithms: Dijkstra with a binary heap, breadth-first search, Floyd–Warshall, Kruskal, topological order.
-- N: rounds (default 50, small 1)
local N = tonumber((...)) or 50

local seed = 77
local function random(n)
  seed = seed * 16807 % 2147483647
  return seed % n + 1
end

local floor = math.floor
local Heap = {}
Heap.__index = Heap
local function new_heap() return setmetatable({ size = 0, keys = {}, items = {} }, Heap) end
function Heap:push(key, item)
  local keys, items, i = self.keys, self.items, self.size + 1
  self.size = i
  while i > 1 do
    local up = floor(i / 2)
    if keys[up] <= key then break end
    keys[i], items[i] = keys[up], items[up]
    i = up
  end
  keys[i], items[i] = key, item
end
function Heap:pop()
  local keys, items, n = self.keys, self.items, self.size
  local top_key, top_item = keys[1], items[1]
  local key, item = keys[n], items[n]
  keys[n], items[n] = nil, nil
  n = n - 1
  self.size = n
  if n > 0 then
    local i = 1
    while true do
      local c = i * 2
      if c > n then break end
      if c < n and keys[c + 1] < keys[c] then c = c + 1 end
      if keys[c] >= key then break end
      keys[i], items[i] = keys[c], items[c]
      i = c
    end
    keys[i], items[i] = key, item
  end
  return top_key, top_item
end

local function random_graph(n, degree)
  local nodes = {}
  for i = 1, n do nodes[i] = { id = i, edges = {} } end
  for i = 1, n do
    for _ = 1, degree do
      local to, weight = nodes[random(n)], random(100)
      table.insert(nodes[i].edges, { to = to, weight = weight })
      table.insert(to.edges, { to = nodes[i], weight = weight })
    end
  end
  return nodes
end

local function dijkstra(nodes, source)
  local distance, heap = { [source] = 0 }, new_heap()
  heap:push(0, source)
  while heap.size > 0 do
    local d, node = heap:pop()
    if d == distance[node] then
      for _, e in ipairs(node.edges) do
        local nd = d + e.weight
        local old = distance[e.to]
        if not old or nd < old then
          distance[e.to] = nd
          heap:push(nd, e.to)
        end
      end
    end
  end
  local total = 0
  for i = 1, #nodes do total = total + (distance[nodes[i]] or 0) end
  return total
end

local function levels(nodes, source)
  local level, frontier, depth, total = { [source] = 0 }, { source }, 0, 0
  while #frontier > 0 do
    depth = depth + 1
    local following = {}
    for _, node in ipairs(frontier) do
      for _, e in ipairs(node.edges) do
        if not level[e.to] then
          level[e.to] = depth
          total = total + depth
          following[#following + 1] = e.to
        end
      end
    end
    frontier = following
  end
  return total
end

local function floyd(n)
  local d = {}
  for i = 1, n do
    d[i] = {}
    for j = 1, n do d[i][j] = i == j and 0 or random(1000) end
  end
  for k = 1, n do
    local dk = d[k]
    for i = 1, n do
      local di = d[i]
      local dik = di[k]
      for j = 1, n do
        local through = dik + dk[j]
        if through < di[j] then di[j] = through end
      end
    end
  end
  local total = 0
  for i = 1, n do
    for j = 1, n do total = total + d[i][j] end
  end
  return total
end

local function kruskal(nodes)
  local list, parent = {}, {}
  for _, node in ipairs(nodes) do
    parent[node] = node
    for _, e in ipairs(node.edges) do
      if node.id < e.to.id then list[#list + 1] = { node, e.to, e.weight } end
    end
  end
  table.sort(list, function(a, b) return a[3] < b[3] end)
  local function root(x)
    while parent[x] ~= x do
      parent[x] = parent[parent[x]]
      x = parent[x]
    end
    return x
  end
  local total = 0
  for _, e in ipairs(list) do
    local a, b = root(e[1]), root(e[2])
    if a ~= b then
      parent[a] = b
      total = total + e[3]
    end
  end
  return total
end

local function topological(nodes)
  local mark, order = {}, {}
  local function visit(node)
    mark[node] = true
    for _, e in ipairs(node.edges) do
      if e.to.id > node.id and not mark[e.to] then visit(e.to) end
    end
    order[#order + 1] = node
  end
  for _, node in ipairs(nodes) do
    if not mark[node] then visit(node) end
  end
  local h = 0
  for i = 1, #order do h = (h * 31 + order[i].id) % 1000003 end
  return h
end

local checksum = 0
for _ = 1, N do
  local nodes = random_graph(1200, 3)
  checksum = (checksum + dijkstra(nodes, nodes[1]) + levels(nodes, nodes[2])) % 1000003
  checksum = (checksum + kruskal(nodes) + topological(nodes) + floyd(60)) % 1000003
end
print("graphs", N, checksum)
