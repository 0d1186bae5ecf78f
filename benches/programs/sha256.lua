-- [integer] SHA-256 written from its definition (constants computed from primes), with known answers; a chain of hashes, an HMAC and a Merkle tree.
-- N: hashes in the chain (default 42000, small 20)
-- lua: 5.3-5.5
local N = tonumber((...)) or 42000

-- The first 32 bits of the fractional part of a root of p, in integers: root of p shifted left.
local function integer_root(n, power)
  local lo, hi = 0, 1 << 20
  local function raise(x) return power == 2 and x * x or x * x * x end
  while lo < hi do
    local mid = (lo + hi + 1) >> 1
    if raise(mid) <= n then lo = mid else hi = mid - 1 end
  end
  return lo
end

-- Newton in floats gives some 45 bits after the point: enough for 32.
local function fraction_bits(p, power)
  local root = power == 2 and p ^ 0.5 or p ^ (1 / 3)
  if power == 3 then
    for _ = 1, 3 do root = root - (root * root * root - p) / (3 * root * root) end
  end
  local whole = integer_root(p, power)
  return math.floor((root - whole) * 4294967296.0) & 0xffffffff
end

local K, START = {}, {}
do
  local p, count = 2, 0
  while count < 64 do
    local prime = true
    for d = 2, p - 1 do
      if d * d > p then break end
      if p % d == 0 then
        prime = false
        break
      end
    end
    if prime then
      count = count + 1
      K[count] = fraction_bits(p, 3)
      if count <= 8 then START[count] = fraction_bits(p, 2) end
    end
    p = p + 1
  end
end

local function block(h, w, text, at)
  local words = table.pack(string.unpack(">I4I4I4I4I4I4I4I4I4I4I4I4I4I4I4I4", text, at))
  for i = 1, 16 do w[i] = words[i] end
  for i = 17, 64 do
    local a, b = w[i - 15], w[i - 2]
    a = a | a << 32
    b = b | b << 32
    local s0 = (a >> 7 ~ a >> 18 ~ w[i - 15] >> 3)
    local s1 = (b >> 17 ~ b >> 19 ~ w[i - 2] >> 10)
    w[i] = (w[i - 16] + w[i - 7] + (s0 & 0xffffffff) + (s1 & 0xffffffff)) & 0xffffffff
  end
  local a, b, c, d, e, f, g, k = h[1], h[2], h[3], h[4], h[5], h[6], h[7], h[8]
  for i = 1, 64 do
    local ee, aa = e | e << 32, a | a << 32
    local s1 = (ee >> 6 ~ ee >> 11 ~ ee >> 25) & 0xffffffff
    local choice = e & f ~ ~e & g
    local t1 = k + s1 + choice + K[i] + w[i]
    local s0 = (aa >> 2 ~ aa >> 13 ~ aa >> 22) & 0xffffffff
    local majority = a & b ~ a & c ~ b & c
    k, g, f, e, d, c, b, a = g, f, e, (d + t1) & 0xffffffff, c, b, a, (t1 + s0 + majority) & 0xffffffff
  end
  h[1], h[2], h[3], h[4] = (h[1] + a) & 0xffffffff, (h[2] + b) & 0xffffffff, (h[3] + c) & 0xffffffff, (h[4] + d) & 0xffffffff
  h[5], h[6], h[7], h[8] = (h[5] + e) & 0xffffffff, (h[6] + f) & 0xffffffff, (h[7] + g) & 0xffffffff, (h[8] + k) & 0xffffffff
end

local schedule = {}
local function sha256(text)
  local length = #text
  local fill = (55 - length) % 64
  text = text .. "\x80" .. ("\0"):rep(fill) .. string.pack(">I8", length * 8)
  local h = { table.unpack(START) }
  for at = 1, #text, 64 do block(h, schedule, text, at) end
  return string.pack(">I4I4I4I4I4I4I4I4", table.unpack(h))
end

local function hex(s)
  return (s:gsub(".", function(c) return string.format("%02x", c:byte()) end))
end

local function hmac(key, message)
  if #key > 64 then key = sha256(key) end
  key = key .. ("\0"):rep(64 - #key)
  local inner = key:gsub(".", function(c) return string.char(c:byte() ~ 0x36) end)
  local outer = key:gsub(".", function(c) return string.char(c:byte() ~ 0x5c) end)
  return sha256(outer .. sha256(inner .. message))
end

local function merkle(leaves)
  while #leaves > 1 do
    local up = {}
    for i = 1, #leaves, 2 do up[#up + 1] = sha256(leaves[i] .. (leaves[i + 1] or leaves[i])) end
    leaves = up
  end
  return leaves[1]
end

assert(hex(sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
assert(hex(sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")

local chain = "seed"
for _ = 1, N do chain = sha256(chain) end
print("sha256", N, hex(chain))
local leaves = {}
for i = 1, N // 20 + 2 do leaves[i] = "leaf " .. i end
print(hex(merkle(leaves)))
print(hex(hmac("key", "The quick brown fox jumps over the lazy dog")))
print(hex(sha256(("a"):rep(N * 10))))
