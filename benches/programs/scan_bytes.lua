-- [strings] Scanning text byte by byte with byte, sub and char: a tokenizer, Caesar and Vigenère ciphers, palindromes, base64.
-- N: rounds (default 65, small 1)
-- lua: 5.3-5.5
local N = tonumber((...)) or 65
local byte, sub, char = string.byte, string.sub, string.char

local source = {}
for i = 1, 250 do
  source[i] = "local value" .. i .. " = (input" .. i % 17 .. " + " .. i * 3 .. ") * scale -- note " .. i .. "\n"
end
source = table.concat(source)

local function tokens(text)
  local i, n = 1, #text
  local names, numbers, marks, lines = 0, 0, 0, 0
  while i <= n do
    local c = byte(text, i)
    if c == 10 then
      lines = lines + 1
      i = i + 1
    elseif c == 32 or c == 9 then
      i = i + 1
    elseif c >= 97 and c <= 122 or c >= 65 and c <= 90 or c == 95 then
      local j = i + 1
      while j <= n do
        local d = byte(text, j)
        if not (d >= 97 and d <= 122 or d >= 48 and d <= 57 or d == 95) then break end
        j = j + 1
      end
      local name = sub(text, i, j - 1)
      names = names + #name
      i = j
    elseif c >= 48 and c <= 57 then
      local v = 0
      while i <= n do
        local d = byte(text, i)
        if d < 48 or d > 57 then break end
        v = v * 10 + d - 48
        i = i + 1
      end
      numbers = numbers + v
    elseif c == 45 and byte(text, i + 1) == 45 then
      while i <= n and byte(text, i) ~= 10 do i = i + 1 end
    else
      marks = marks + 1
      i = i + 1
    end
  end
  return names + numbers * 3 + marks * 5 + lines * 7
end

local function shift(text, key)
  local out = {}
  for i = 1, #text do
    local c = byte(text, i)
    if c >= 97 and c <= 122 then c = (c - 97 + key) % 26 + 97 end
    out[i] = char(c)
  end
  return table.concat(out)
end

local function vigenere(text, key, sign)
  local out, k = {}, 0
  for i = 1, #text do
    local c = sub(text, i, i)
    if c >= "a" and c <= "z" then
      local move = byte(key, k % #key + 1) - 97
      k = k + 1
      out[#out + 1] = char((byte(c) - 97 + sign * move) % 26 + 97)
    else
      out[#out + 1] = c
    end
  end
  return table.concat(out)
end

local function palindromes(text, limit)
  local found = 0
  for i = 1, limit do
    local lo, hi = i, i
    while lo >= 1 and hi <= #text and sub(text, lo, lo) == sub(text, hi, hi) do
      found = found + 1
      lo, hi = lo - 1, hi + 1
    end
  end
  return found
end

local alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
local decode = {}
for i = 1, 64 do decode[byte(alphabet, i)] = i - 1 end

local function to_base64(text)
  local out = {}
  for i = 1, #text - 2, 3 do
    local a, b, c = byte(text, i, i + 2)
    local v = a * 65536 + b * 256 + c
    local p, q, r, s = v // 262144, v // 4096 % 64, v // 64 % 64, v % 64
    out[#out + 1] = sub(alphabet, p + 1, p + 1) .. sub(alphabet, q + 1, q + 1)
      .. sub(alphabet, r + 1, r + 1) .. sub(alphabet, s + 1, s + 1)
  end
  return table.concat(out)
end

local function from_base64(text)
  local out = {}
  for i = 1, #text, 4 do
    local a, b, c, d = byte(text, i, i + 3)
    local v = ((decode[a] * 64 + decode[b]) * 64 + decode[c]) * 64 + decode[d]
    out[#out + 1] = char(v // 65536, v // 256 % 256, v % 256)
  end
  return table.concat(out)
end

local whole = sub(source, 1, #source // 3 * 3)
local checksum = 0
for round = 1, N do
  checksum = (checksum + tokens(source)) % 1000003
  local secret = shift(source, round % 25 + 1)
  assert(secret ~= source and shift(secret, 25 - round % 25) == source)
  local hidden = vigenere(source, "perigee", 1)
  assert(vigenere(hidden, "perigee", -1) == source)
  checksum = (checksum + byte(secret, 11) * byte(hidden, 15)) % 1000003
  checksum = (checksum + palindromes(source, 4000)) % 1000003
  local packed = to_base64(whole)
  assert(from_base64(packed) == whole)
  checksum = (checksum + #packed) % 1000003
end
print("scan_bytes", N, checksum, #source)
