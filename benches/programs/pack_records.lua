-- [strings] string.pack, string.unpack and packsize: binary records written, indexed, read back and checked.
-- N: rounds (default 1200, small 2)
-- lua: 5.3-5.5
local N = tonumber((...)) or 1200
local pack, unpack = string.pack, string.unpack

local HEADER = "<I4I2I2"
local RECORD = "<i4I2Bdz"

local function write(count, round)
  local parts, offsets, at = {}, {}, 1 + string.packsize(HEADER)
  parts[1] = pack(HEADER, 0x4c554e45, count, round % 65536)
  for i = 1, count do
    local bytes = pack(RECORD, i * 1000 - round, i % 65536, i % 256, i / 8, "name" .. i)
    parts[i + 1] = bytes
    offsets[i] = at
    at = at + #bytes
  end
  return table.concat(parts), offsets
end

local function read(data)
  local magic, count, round, at = unpack(HEADER, data)
  assert(magic == 0x4c554e45)
  local total = round
  for i = 1, count do
    local a, b, c, d, name
    a, b, c, d, name, at = unpack(RECORD, data, at)
    assert(d * 8 == i and name == "name" .. i)
    total = (total + a + b * 3 + c * 5 + #name) % 1000003
  end
  assert(at == #data + 1)
  return total
end

local function varints(n)
  local out = {}
  for i = 1, n do out[i] = pack(">s2", ("v"):rep(i % 20)) end
  local data, at, total = table.concat(out), 1, 0
  while at <= #data do
    local s
    s, at = unpack(">s2", data, at)
    total = total + #s
  end
  return total
end

local checksum = 0
for round = 1, N do
  local data, offsets = write(500, round)
  checksum = (checksum + read(data)) % 1000003
  for i = 500, 1, -7 do
    local a, b = unpack("<i4I2", data, offsets[i])
    assert(a == i * 1000 - round and b == i)
  end
  checksum = (checksum + varints(300) + unpack(">I8", pack("<I8", round))) % 1000003
end
print("pack_records", N, checksum, string.packsize(HEADER))
