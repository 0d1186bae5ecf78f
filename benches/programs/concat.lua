-- [strings] Building strings with the concatenation operator: long chains, growth by appending, numbers coerced.
-- N: rounds (default 320, small 2)
local N = tonumber((...)) or 320

local function hash(text)
  local h = 5381
  for i = 1, #text, 7 do h = (h * 33 + text:byte(i)) % 1000003 end
  return h
end

local function grow(n)
  local s = ""
  for i = 1, n do s = s .. string.char(97 + i % 26) end
  return s
end

local function prepend(n)
  local s = ""
  for i = 1, n do s = i % 10 .. s end
  return s
end

local function records(n)
  local last = ""
  local h = 0
  for i = 1, n do
    local line = "id=" .. i .. ";name=user" .. (i * 7) .. ";group=" .. (i % 13) .. ";path=/home/" .. i .. "/" .. (i % 5) .. "\n"
    h = (h + #line) % 1000003
    if line < last then h = h + 1 end
    last = line
  end
  return h
end

local function halves(depth)
  if depth == 0 then return "x" end
  local half = halves(depth - 1)
  return half .. depth % 10 .. half
end

local checksum = 0
for round = 1, N do
  checksum = (checksum + hash(grow(2000 + round))) % 1000003
  checksum = (checksum + hash(prepend(1500))) % 1000003
  checksum = (checksum + records(3000)) % 1000003
  checksum = (checksum + hash(halves(12))) % 1000003
end
print("concat", N, checksum, hash(grow(100)), #halves(10))
