-- [gc] Short-lived small objects: points, pairs, closures and boxes made, used once and dropped.
-- N: rounds (default 2200, small 2)
local N = tonumber((...)) or 2200

local Point = {}
Point.__index = Point
local function point(x, y) return setmetatable({ x = x, y = y }, Point) end
function Point:plus(o) return point(self.x + o.x, self.y + o.y) end
function Point:turned() return point(-self.y, self.x) end
function Point:scaled(k) return point(self.x * k % 1009, self.y * k % 1009) end

local function minmax(a, b)
  if a < b then return { a, b } end
  return { b, a }
end

local function box(v)
  return { get = function() return v end, set = function(n) v = n end }
end

local function options(o) return (o.width or 1) * (o.height or 2) + (o.depth or 3) end

local checksum = 0
for i = 1, N do
  local p = point(i, 1)
  for j = 1, 250 do
    p = p:plus(point(j, -j)):turned():scaled(3)
    local pair = minmax(p.x, p.y)
    checksum = checksum + pair[2] - pair[1]
    checksum = checksum + options { width = j, depth = i }
    if j % 5 == 0 then
      local b = box(j)
      b.set(b.get() + 1)
      checksum = checksum + b.get()
    end
    local triple = { j, { j + 1 }, tag = "t" }
    checksum = checksum + triple[2][1] + #triple.tag
  end
  checksum = checksum % 1000003
end
print("small_tables", N, checksum)
