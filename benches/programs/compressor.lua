-- [program] Compression and back: LZ77 with a hash chain, Huffman codes through a bit stream, run lengths, LZW, Burrows–Wheeler with move-to-front; all round trips checked.
-- N: rounds (default 8, small 1)
-- lua: 5.3-5.5
local N = tonumber((...)) or 8

local byte, char, sub, concat = string.byte, string.char, string.sub, table.concat

---------------------------------------------------------------------------
-- Bit streams.

local BitWriter = {}
BitWriter.__index = BitWriter
local function bit_writer() return setmetatable({ bytes = {}, n = 0, hold = 0, held = 0 }, BitWriter) end
function BitWriter:put(value, width)
  local hold, held = self.hold << width | value, self.held + width
  while held >= 8 do
    held = held - 8
    self.n = self.n + 1
    self.bytes[self.n] = char(hold >> held & 0xff)
  end
  self.hold, self.held = hold & ((1 << held) - 1), held
end
function BitWriter:finish()
  if self.held > 0 then self:put(0, 8 - self.held) end
  return concat(self.bytes, "", 1, self.n)
end

local BitReader = {}
BitReader.__index = BitReader
local function bit_reader(data) return setmetatable({ data = data, at = 1, hold = 0, held = 0 }, BitReader) end
function BitReader:bit()
  if self.held == 0 then
    self.hold, self.held = byte(self.data, self.at), 8
    self.at = self.at + 1
  end
  self.held = self.held - 1
  return self.hold >> self.held & 1
end
function BitReader:get(width)
  local v = 0
  for _ = 1, width do v = v << 1 | self:bit() end
  return v
end

---------------------------------------------------------------------------
-- Huffman coding of symbols 0..limit, with canonical codes.

local function code_lengths(counts, limit)
  local nodes = {}
  for s = 0, limit do
    if counts[s] and counts[s] > 0 then nodes[#nodes + 1] = { count = counts[s], least = s, symbol = s } end
  end
  local lengths = {}
  if #nodes == 1 then
    lengths[nodes[1].symbol] = 1
    return lengths
  end
  -- Two queues: leaves in order, and inner nodes, which come out in order by themselves.
  table.sort(nodes, function(a, b)
    if a.count ~= b.count then return a.count < b.count end
    return a.least < b.least
  end)
  local inner, i, j = {}, 1, 1
  local function smallest()
    local a, b = nodes[i], inner[j]
    if a and (not b or a.count <= b.count) then
      i = i + 1
      return a
    end
    j = j + 1
    return b
  end
  for _ = 1, #nodes - 1 do
    local a, b = smallest(), smallest()
    inner[#inner + 1] = { count = a.count + b.count, left = a, right = b }
  end
  local function assign(node, depth)
    if node.symbol then
      lengths[node.symbol] = depth
    else
      assign(node.left, depth + 1)
      assign(node.right, depth + 1)
    end
  end
  assign(inner[#inner], 0)
  return lengths
end

local function canonical(lengths, limit)
  local symbols = {}
  for s = 0, limit do
    if lengths[s] then symbols[#symbols + 1] = s end
  end
  table.sort(symbols, function(a, b)
    if lengths[a] ~= lengths[b] then return lengths[a] < lengths[b] end
    return a < b
  end)
  local codes, code, length = {}, 0, 0
  for _, s in ipairs(symbols) do
    code = code << (lengths[s] - length)
    length = lengths[s]
    codes[s] = code
    code = code + 1
  end
  return codes
end

local function huffman_encode(symbols, limit)
  local counts = {}
  for i = 1, #symbols do counts[symbols[i]] = (counts[symbols[i]] or 0) + 1 end
  local lengths = code_lengths(counts, limit)
  local codes = canonical(lengths, limit)
  local out = bit_writer()
  out:put(#symbols, 24)
  for s = 0, limit do out:put(lengths[s] or 0, 5) end
  for i = 1, #symbols do
    local s = symbols[i]
    out:put(codes[s], lengths[s])
  end
  return out:finish()
end

local function huffman_decode(data, limit)
  local input = bit_reader(data)
  local count, lengths = input:get(24), {}
  for s = 0, limit do
    local l = input:get(5)
    if l > 0 then lengths[s] = l end
  end
  local tree = {}
  for s, code in pairs(canonical(lengths, limit)) do
    local node = tree
    for k = lengths[s] - 1, 0, -1 do
      local b = code >> k & 1
      if k == 0 then
        node[b] = s
      else
        node[b] = node[b] or {}
        node = node[b]
      end
    end
  end
  local out = {}
  for i = 1, count do
    local node = tree
    repeat node = node[input:bit()] until type(node) == "number"
    out[i] = node
  end
  return out
end

---------------------------------------------------------------------------
-- LZ77: literals are symbols below 256, matches 256 + length - 3 followed by a distance in two bytes.

local WINDOW, LONGEST = 4096, 66

local function lz_encode(text)
  local n, symbols, count = #text, {}, 0
  local heads, previous = {}, {}
  local at = 1
  local function remember(i)
    if i + 2 <= n then
      local a, b, c = byte(text, i, i + 2)
      local key = a << 16 | b << 8 | c
      previous[i] = heads[key]
      heads[key] = i
    end
  end
  while at <= n do
    local best, distance = 0, 0
    if at + 2 <= n then
      local a, b, c = byte(text, at, at + 2)
      local candidate = heads[a << 16 | b << 8 | c]
      local tries = 12
      while candidate and tries > 0 and at - candidate < WINDOW do
        local length = 3
        while length < LONGEST and at + length <= n and byte(text, candidate + length) == byte(text, at + length) do
          length = length + 1
        end
        if length > best then best, distance = length, at - candidate end
        candidate = previous[candidate]
        tries = tries - 1
      end
    end
    if best >= 3 then
      symbols[count + 1], symbols[count + 2], symbols[count + 3] = 256 + best - 3, distance >> 8, distance & 0xff
      count = count + 3
      for i = at, at + best - 1 do remember(i) end
      at = at + best
    else
      count = count + 1
      symbols[count] = byte(text, at)
      remember(at)
      at = at + 1
    end
  end
  return symbols
end

local function lz_decode(symbols)
  local out, n, i = {}, 0, 1
  while i <= #symbols do
    local s = symbols[i]
    if s < 256 then
      n = n + 1
      out[n] = s
      i = i + 1
    else
      local from = n - (symbols[i + 1] << 8 | symbols[i + 2])
      for k = 1, s - 256 + 3 do out[n + k] = out[from + k] end
      n = n + s - 256 + 3
      i = i + 3
    end
  end
  return out
end

local function text_of(bytes)
  local parts = {}
  for i = 1, #bytes, 100 do
    parts[#parts + 1] = char(table.unpack(bytes, i, math.min(i + 99, #bytes)))
  end
  return concat(parts)
end

---------------------------------------------------------------------------
-- LZW with strings as keys.

local function lzw_encode(text)
  local codes, next_code = {}, 256
  for i = 0, 255 do codes[char(i)] = i end
  local out, prefix = {}, ""
  for i = 1, #text do
    local c = sub(text, i, i)
    local longer = prefix .. c
    if codes[longer] then
      prefix = longer
    else
      out[#out + 1] = codes[prefix]
      if next_code < 4096 then
        codes[longer] = next_code
        next_code = next_code + 1
      end
      prefix = c
    end
  end
  if prefix ~= "" then out[#out + 1] = codes[prefix] end
  return out
end

local function lzw_decode(codes)
  local strings, next_code = {}, 256
  for i = 0, 255 do strings[i] = char(i) end
  local last = strings[codes[1]]
  local out = { last }
  for i = 2, #codes do
    local entry = strings[codes[i]] or last .. sub(last, 1, 1)
    out[i] = entry
    if next_code < 4096 then
      strings[next_code] = last .. sub(entry, 1, 1)
      next_code = next_code + 1
    end
    last = entry
  end
  return concat(out)
end

---------------------------------------------------------------------------
-- Burrows–Wheeler on blocks, move-to-front, run lengths of zero.

local function bwt(block)
  local n, doubled, rotations = #block, block .. block, {}
  for i = 1, n do rotations[i] = i end
  -- Short prefixes are compared first; equal ones at full length.
  local short = {}
  for i = 1, n do short[i] = sub(doubled, i, i + 11) end
  table.sort(rotations, function(a, b)
    if a == b then return false end
    local x, y = short[a], short[b]
    if x ~= y then return x < y end
    x, y = sub(doubled, a, a + n - 1), sub(doubled, b, b + n - 1)
    if x ~= y then return x < y end
    return a < b
  end)
  local last, start = {}, nil
  for i = 1, n do
    local r = rotations[i]
    if r == 1 then start = i end
    last[i] = byte(doubled, r + n - 1)
  end
  return last, start
end

local function unbwt(last, start)
  local n, counts, ranks = #last, {}, {}
  for i = 1, n do
    local c = last[i]
    counts[c] = (counts[c] or 0) + 1
    ranks[i] = counts[c]
  end
  local before, sum = {}, 0
  for c = 0, 255 do
    before[c] = sum
    sum = sum + (counts[c] or 0)
  end
  local out, at = {}, start
  for i = n, 1, -1 do
    out[i] = last[at]
    at = before[last[at]] + ranks[at]
  end
  return out
end

local function move_to_front(bytes)
  local list, out = {}, {}
  for i = 0, 255 do list[i + 1] = i end
  for i = 1, #bytes do
    local b, k = bytes[i], 1
    while list[k] ~= b do k = k + 1 end
    out[i] = k - 1
    if k > 1 then
      table.remove(list, k)
      table.insert(list, 1, b)
    end
  end
  return out
end

local function move_back(ranks)
  local list, out = {}, {}
  for i = 0, 255 do list[i + 1] = i end
  for i = 1, #ranks do
    local b = table.remove(list, ranks[i] + 1)
    out[i] = b
    table.insert(list, 1, b)
  end
  return out
end

-- A run of k zeros becomes symbol 0 and 256 + k (k at most 60); other ranks stand for themselves.
local function runs_encode(ranks)
  local out, i = {}, 1
  while i <= #ranks do
    if ranks[i] == 0 then
      local k = 1
      while k < 60 and ranks[i + k] == 0 do k = k + 1 end
      out[#out + 1] = 256 + k
      i = i + k
    else
      out[#out + 1] = ranks[i]
      i = i + 1
    end
  end
  return out
end

local function runs_decode(symbols)
  local out = {}
  for i = 1, #symbols do
    local s = symbols[i]
    if s > 256 then
      for _ = 1, s - 256 do out[#out + 1] = 0 end
    else
      out[#out + 1] = s
    end
  end
  return out
end

---------------------------------------------------------------------------
-- Text made by a chain of words, so that it has something to compress.

local seed = 4242
local function random(n)
  seed = seed * 16807 % 2147483647
  return seed % n
end
local words = {}
for i = 1, 120 do
  local w = {}
  for k = 1, 2 + random(7) do w[k] = char(97 + random(26) * random(26) // 25) end
  words[i] = concat(w)
end
local function make_text(length)
  local parts, size, last = {}, 0, 1
  while size < length do
    last = random(4) == 0 and random(#words) + 1 or (last * 7 + random(3)) % #words + 1
    local w = words[last]
    parts[#parts + 1] = w
    parts[#parts + 1] = random(9) == 0 and ".\n" or " "
    size = size + #w + 1
  end
  return concat(parts)
end

local sizes, checksum = { 0, 0, 0, 0, 0 }, 0
for round = 1, N do
  local text = make_text(9000 + round * 10)
  sizes[1] = sizes[1] + #text

  local packed = huffman_encode(lz_encode(text), 400)
  assert(text_of(lz_decode(huffman_decode(packed, 400))) == text)
  sizes[2] = sizes[2] + #packed

  local plain = {}
  for i = 1, #text do plain[i] = byte(text, i) end
  local direct = huffman_encode(plain, 255)
  assert(text_of(huffman_decode(direct, 255)) == text)
  sizes[3] = sizes[3] + #direct

  local codes = lzw_encode(text)
  assert(lzw_decode(codes) == text)
  sizes[4] = sizes[4] + (#codes * 12 + 7) // 8

  for from = 1, #text, 3000 do
    local block = sub(text, from, from + 2999)
    local last, start = bwt(block)
    local squeezed = huffman_encode(runs_encode(move_to_front(last)), 320)
    assert(text_of(unbwt(move_back(runs_decode(huffman_decode(squeezed, 320))), start)) == block)
    sizes[5] = sizes[5] + #squeezed
    for i = 1, #squeezed, 3 do checksum = (checksum * 31 + byte(squeezed, i)) % 1000003 end
  end
  for i = 1, #packed, 3 do checksum = (checksum * 31 + byte(packed, i)) % 1000003 end
end
print("compressor", N, checksum)
print("plain", sizes[1], "lz+huffman", sizes[2], "huffman", sizes[3], "lzw", sizes[4], "bwt", sizes[5])
