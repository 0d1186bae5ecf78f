-- [integer] Checksums over strings and byte arrays: CRC-32 by bit and by table, Adler-32, Fletcher, FNV-1a, a Luhn digit.
-- N: rounds (default 340, small 1)
-- lua: 5.3-5.5
local N = tonumber((...)) or 340
local byte = string.byte

local crc_table = {}
for i = 0, 255 do
  local c = i
  for _ = 1, 8 do
    if c & 1 == 1 then c = 0xedb88320 ~ (c >> 1) else c = c >> 1 end
  end
  crc_table[i] = c
end

local function crc32(text)
  local c = 0xffffffff
  for i = 1, #text do c = crc_table[(c ~ byte(text, i)) & 0xff] ~ (c >> 8) end
  return c ~ 0xffffffff
end

local function crc32_bits(text)
  local c = 0xffffffff
  for i = 1, #text do
    c = c ~ byte(text, i)
    for _ = 1, 8 do
      local low = c & 1
      c = (c >> 1) ~ (0xedb88320 & -low)
    end
  end
  return ~c & 0xffffffff
end

local function adler32(text)
  local a, b = 1, 0
  for i = 1, #text do
    a = (a + byte(text, i)) % 65521
    b = (b + a) % 65521
  end
  return b << 16 | a
end

local function fletcher(bytes)
  local a, b = 0, 0
  for i = 1, #bytes do
    a = (a + bytes[i]) % 255
    b = (b + a) % 255
  end
  return b << 8 | a
end

local function fnv1a(text)
  local h = 0xcbf29ce484222325
  for i = 1, #text do h = (h ~ byte(text, i)) * 0x100000001b3 end
  return h
end

local function luhn(digits)
  local sum, double = 0, true
  for i = #digits, 1, -1 do
    local d = byte(digits, i) - 48
    if double then
      d = d * 2
      if d > 9 then d = d - 9 end
    end
    double = not double
    sum = sum + d
  end
  return (10 - sum % 10) % 10
end

assert(crc32("123456789") == 0xcbf43926 and crc32_bits("123456789") == 0xcbf43926)
assert(adler32("Wikipedia") == 0x11e60398)
assert(fnv1a("a") == 0xaf63dc4c8601ec8c)
assert(luhn("7992739871") == 3)

local pieces = {}
for i = 1, 2500 do pieces[i] = string.char(i * 7 % 251, i % 256, i * i % 256, 32) end
local text = table.concat(pieces)
local bytes = {}
for i = 1, #text do bytes[i] = byte(text, i) end

local checksum = 0
for round = 1, N do
  local part = text:sub(round % 100 + 1)
  local a = crc32(part)
  if round % 5 == 0 then assert(a == crc32_bits(part)) end
  bytes[round] = round % 256
  checksum = (checksum + a + adler32(part) * 3 + fletcher(bytes) * 5 + (fnv1a(part) & 0xffffffff)) % 1000000007
  for i = 1, 300 do checksum = checksum + luhn(tostring(round * 1000003 + i * 7919)) end
end
print("crc_adler", N, checksum, string.format("%08x", crc32(text)))
