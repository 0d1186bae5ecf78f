-- [gc] Binary trees built and dropped, as two-slot arrays and as records, while one large tree stays alive.
-- N: depth (default 15, small 6)
local N = tonumber((...)) or 15

local function array_tree(depth)
  if depth == 0 then return {} end
  return { array_tree(depth - 1), array_tree(depth - 1) }
end
local function count_array(t)
  if t[1] then return 1 + count_array(t[1]) + count_array(t[2]) end
  return 1
end

local function record_tree(depth, label)
  if depth == 0 then return { label = label } end
  return {
    label = label,
    left = record_tree(depth - 1, label * 2),
    right = record_tree(depth - 1, label * 2 + 1),
  }
end
local function sum_labels(t)
  if t.left then return t.label % 97 + sum_labels(t.left) + sum_labels(t.right) end
  return t.label % 97
end

local long_lived = record_tree(N, 1)
for depth = 4, N, 2 do
  local rounds = 2 ^ (N - depth + 2)
  local nodes, labels = 0, 0
  for i = 1, rounds do
    nodes = nodes + count_array(array_tree(depth))
    if i % 2 == 0 then labels = labels + sum_labels(record_tree(depth, 1)) end
  end
  print("binary_trees", depth, string.format("%d %d %d", rounds, nodes, labels))
end
print("long-lived", sum_labels(long_lived))
