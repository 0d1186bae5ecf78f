-- [gc] Strings made and dropped: short ones interned, long ones not, kept for a while in a ring, used as keys and thrown away.
-- N: rounds (default 260, small 1)
local N = tonumber((...)) or 260

local ring, slot = {}, 0
local RING = 512
for i = 1, RING do ring[i] = "" end
local function keep(s)
  slot = slot % RING + 1
  local old = ring[slot]
  ring[slot] = s
  return #old
end

local function short(n, round)
  local total = 0
  for i = 1, n do
    total = total + keep("s" .. i * round)
    total = total + #(i .. ":" .. round)
  end
  return total
end

local pad = ("0123456789"):rep(12)
local function long(n, round)
  local total = 0
  for i = 1, n do
    local s = pad .. i .. pad .. round
    total = total + keep(s) + s:byte(i % #s + 1)
  end
  return total
end

local function slices(n)
  local text = pad .. pad
  local total = 0
  for i = 1, n do
    local a = text:sub(i % 100 + 1, i % 100 + 5 + i % 60)
    total = total + #a
    if i % 4 == 0 then total = total + keep(a:upper() .. i) end
  end
  return total
end

local function keys(n, round)
  local t = {}
  for i = 1, n do t["key-" .. i .. "-" .. round] = i end
  local found = 0
  for i = 1, n, 2 do found = found + t["key-" .. i .. "-" .. round] end
  return found
end

local function split_join(n)
  local total = 0
  for i = 1, n do
    local parts = {}
    for w in ("the quick brown fox " .. i .. " jumps"):gmatch("%S+") do parts[#parts + 1] = w end
    total = total + #table.concat(parts, "_")
  end
  return total
end

local checksum = 0
for round = 1, N do
  checksum = checksum + short(2000, round) + long(1000, round) + slices(2000) + keys(1000, round) + split_join(200)
  checksum = checksum % 1000003
end
print("string_churn", N, checksum)
