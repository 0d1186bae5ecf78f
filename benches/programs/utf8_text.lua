-- [strings] The utf8 library: char, codes, codepoint, len, offset, charpattern on text of many scripts.
-- N: rounds (default 900, small 3)
-- lua: 5.3-5.5
local N = tonumber((...)) or 900

local ranges = { { 97, 122 }, { 0x3b1, 0x3c9 }, { 0x430, 0x44f }, { 0x3042, 0x3093 }, { 0x4e00, 0x4eff }, { 0x1f600, 0x1f64f } }
local seed = 3
local function random(n)
  seed = seed * 16807 % 2147483647
  return seed % n
end

local function text_of(length)
  local codes = {}
  for i = 1, length do
    if i % 8 == 0 then
      codes[i] = 32
    else
      local r = ranges[random(#ranges) + 1]
      codes[i] = r[1] + random(r[2] - r[1] + 1)
    end
  end
  local out = {}
  for i = 1, length, 50 do
    out[#out + 1] = utf8.char(table.unpack(codes, i, math.min(i + 49, length)))
  end
  return table.concat(out), codes
end

-- The same decoding by hand, to check the library.
local function decode(s, i)
  local c = s:byte(i)
  if c < 0x80 then return c, i + 1 end
  local n = c >= 0xf0 and 3 or c >= 0xe0 and 2 or 1
  local v = c % (1 << (6 - n))
  for k = 1, n do v = v << 6 | (s:byte(i + k) & 0x3f) end
  return v, i + n + 1
end

local function reverse(s)
  local out, n = {}, 0
  for c in s:gmatch(utf8.charpattern) do
    n = n + 1
    out[n] = c
  end
  for i = 1, n // 2 do out[i], out[n - i + 1] = out[n - i + 1], out[i] end
  return table.concat(out)
end

local checksum = 0
for _ = 1, N do
  local s, codes = text_of(1000)
  assert(utf8.len(s) == 1000)
  local k, sum = 0, 0
  for position, code in utf8.codes(s) do
    k = k + 1
    assert(code == codes[k])
    sum = sum + position * (code % 31)
  end
  local i, j = 1, 1
  while i <= #s do
    local code
    code, i = decode(s, i)
    assert(code == codes[j])
    j = j + 1
  end
  for at = 100, 1000, 100 do
    local from = utf8.offset(s, at)
    assert(utf8.codepoint(s, from) == codes[at])
    sum = sum + from
  end
  local back = reverse(s)
  assert(reverse(back) == s and utf8.codepoint(back) == codes[1000])
  assert(not utf8.len(s:sub(1, -2) .. "\xff"))
  checksum = (checksum + sum + #s) % 1000003
end
print("utf8_text", N, checksum, utf8.char(72, 228, 8364, 0x1f600))
