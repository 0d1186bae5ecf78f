-- lua: all
-- The order of numeric keys, and the border, in tables that grow by chance.
local state = 42
local function random(n)
  state = (state * 1103515245 + 12345) % 2147483648
  return math.floor(state / 65536) % n
end
local function key(kind)
  if kind == 1 then return random(40) end
  if kind == 2 then return random(2000) - 1000 end
  if kind == 3 then return (random(30) - 10) * 2 ^ random(45) end
  if kind == 4 then return random(100) / 8 - 5 end
  if kind == 5 then return 2 ^ (random(200) - 100) end
  if kind == 6 then return random(3) == 1 end
  return -random(50) * 1e15
end
local function show(t)
  local out = {}
  for k, v in pairs(t) do out[#out + 1] = string.format("%s=%s", type(k) == "number" and ("%.17g"):format(k) or tostring(k), tostring(v)) end
  return table.concat(out, " ")
end
for round = 1, 150 do
  local kinds = {1 + random(7), 1 + random(7), 1 + random(7)}
  local t = round % 4 == 0 and {1, 2, 3, nil, 5} or round % 4 == 1 and {[7] = 1, [0.5] = 2, [-1] = 3} or {}
  local steps = 1 + random(round % 10 == 0 and 300 or 40)
  for step = 1, steps do
    local k = key(kinds[1 + random(3)])
    if k == 0 then k = 0 end
    if random(4) == 0 then
      for old in pairs(t) do if random(5) == 0 then t[old] = nil end end
    else
      t[k] = step
    end
  end
  print(round, show(t))
  -- The border that 5.5 finds in a hash part differs from run to run.
  if _VERSION ~= "Lua 5.5" then print(#t) end
end
