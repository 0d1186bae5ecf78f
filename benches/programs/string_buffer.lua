-- [strings] Building strings from pieces: table.concat with separators, string.rep, reverse, upper, buffers joined late.
-- N: rounds (default 1000, small 2)
local N = tonumber((...)) or 1000
local concat, rep = table.concat, string.rep

local Buffer = {}
Buffer.__index = Buffer
local function buffer() return setmetatable({ n = 0, depth = 0 }, Buffer) end
function Buffer:add(...)
  local n = self.n
  for i = 1, select("#", ...) do
    n = n + 1
    self[n] = (select(i, ...))
  end
  self.n = n
  return self
end
function Buffer:open(tag)
  self:add(rep("  ", self.depth), "<", tag, ">\n")
  self.depth = self.depth + 1
end
function Buffer:close(tag)
  self.depth = self.depth - 1
  self:add(rep("  ", self.depth), "</", tag, ">\n")
end
function Buffer:result() return concat(self, "", 1, self.n) end

local function document(rows, columns)
  local out = buffer()
  out:open("table")
  for r = 1, rows do
    out:open("row")
    for c = 1, columns do
      out:add(rep("  ", out.depth), "<cell>", r * c, "</cell>\n")
    end
    out:close("row")
  end
  out:close("table")
  return out:result()
end

local function csv(rows)
  local lines, fields = {}, {}
  for r = 1, rows do
    for c = 1, 12 do fields[c] = (r * c) % 1000 end
    lines[r] = concat(fields, ",")
  end
  return concat(lines, "\n")
end

local function banner(n)
  local line = rep("=-", n)
  return rep(line, 3, "|"):reverse():upper()
end

local function hash(text)
  local h = #text
  for i = 1, #text, 101 do h = (h * 31 + text:byte(i)) % 1000003 end
  return h
end

local checksum = 0
for round = 1, N do
  checksum = (checksum + hash(document(40, 10 + round % 5))) % 1000003
  checksum = (checksum + hash(csv(200))) % 1000003
  checksum = (checksum + hash(banner(50 + round))) % 1000003
end
print("string_buffer", N, checksum, #document(3, 3), #csv(10), banner(2))
