-- [integer] Loops of every kind: while, repeat, numeric for with steps, nested breaks, goto continue, goto state machine.
-- N: rounds (default 450, small 2)
-- lua: 5.2-5.5
local N = tonumber((...)) or 450

-- Counts vowels-then-consonants runs in a sequence of codes with goto as the only control.
local function machine(codes)
  local i, n = 1, #codes
  local runs, length, longest = 0, 0, 0
  ::outside::
  if i > n then goto finish end
  if codes[i] % 5 == 0 then
    runs = runs + 1
    length = 1
    i = i + 1
    goto inside
  end
  i = i + 1
  goto outside
  ::inside::
  if i > n then goto close end
  if codes[i] % 2 == 0 then
    length = length + 1
    i = i + 1
    goto inside
  end
  ::close::
  if length > longest then longest = length end
  goto outside
  ::finish::
  return runs, longest
end

local function continue_loop(n)
  local total = 0
  for i = 1, n do
    if i % 3 == 0 then goto continue end
    for j = i, i + 8, 2 do
      if j % 7 == 0 then goto continue end
      total = total + j
    end
    total = total + 1
    ::continue::
  end
  return total
end

local function whiles(n)
  local a, b, steps = n, 1, 0
  while a ~= b do
    if a > b then a = a - b else b = b - a + 1 end
    steps = steps + 1
    if steps > 4 * n then break end
  end
  repeat
    local last = steps
    steps = steps - 3
  until last < 10
  return steps, a, b
end

local function backwards(n)
  local x = 0
  for i = n, 1, -3 do x = x + i end
  for f = 0.5, n / 2, 0.5 do x = x + f end
  return x
end

local codes = {}
local seed = 42
for i = 1, 20000 do
  seed = seed * 16807 % 2147483647
  codes[i] = seed % 1000
end

local checksum = 0
for round = 1, N do
  local runs, longest = machine(codes)
  checksum = (checksum + runs * longest) % 1000003
  checksum = (checksum + continue_loop(20000 + round)) % 1000003
  local s, a, b = whiles(10000 + round)
  checksum = (checksum + s + a * 3 + b * 7) % 1000003
  checksum = (checksum + backwards(20000 + round)) % 1000003
end
print("goto_loops", N, string.format("%.1f", checksum))
