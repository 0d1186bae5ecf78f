-- [strings] Numbers to text and back: tostring, tonumber with bases, coercion in arithmetic, reading numbers from text.
-- N: rounds (default 200, small 1)
-- lua: 5.3-5.5
local N = tonumber((...)) or 200
local tostring, tonumber = tostring, tonumber

local function integers(from)
  local total = 0
  for i = from, from + 3000 do
    local s = tostring(i * 37)
    total = total + tonumber(s) % 1009 + #s
  end
  return total
end

local function floats(from)
  local total = 0
  for i = 1, 1500 do
    local x = (from * 1000 + i) / 64
    local s = tostring(x)
    local back = tonumber(s)
    assert(back == x)
    total = total + #s
    s = string.format("%.17g", x / 3)
    assert(tonumber(s) == x / 3)
  end
  return total
end

local digits = "0123456789abcdefghijklmnopqrstuvwxyz"
local function in_base(n, base)
  local s = ""
  repeat
    local d = n % base
    s = digits:sub(d + 1, d + 1) .. s
    n = (n - d) // base
  until n == 0
  return s
end

local function bases(from)
  local total = 0
  for base = 2, 36, 3 do
    for i = 1, 60 do
      local n = from * 100 + i * 17
      local s = in_base(n, base)
      assert(tonumber(s, base) == n)
      total = total + #s
    end
  end
  return total
end

local function forms()
  local total = 0
  for i = 1, 800 do
    total = total + tonumber("0x" .. i) % 97 + tonumber(" " .. i .. " ") + tonumber(i .. "e1")
    total = total + ("10" + i) + (i .. "") * "2"
    if tonumber(i .. "x") or tonumber("") or tonumber("0x") then error("not a number") end
  end
  return total
end

local function read_all(text)
  local sum = 0
  for s in text:gmatch("[-+.%w]+") do sum = sum + (tonumber(s) or 1) end
  return sum
end
local parts = {}
for i = 1, 1000 do
  parts[i] = i % 3 == 0 and i .. ".5" or i % 3 == 1 and "-" .. i or i .. "e-1"
end
local text = table.concat(parts, ", ")

local checksum = 0
for round = 1, N do
  checksum = (checksum + integers(round) + floats(round) + bases(round) + forms()) % 1000003
  checksum = (checksum + read_all(text)) % 1000003
end
print("numbers_text", N, string.format("%.6g", checksum), tostring(1e15), tostring(0.1), tostring(2^40), tostring(-1e300))
