-- [float] A small ray tracer: spheres, a checkered floor, shadows and reflections; vectors as objects, shapes with methods.
-- N: picture width (default 270, small 16)
local N = tonumber((...)) or 270
local sqrt, floor, huge = math.sqrt, math.floor, math.huge

local Vec = {}
Vec.__index = Vec
local function vec(x, y, z) return setmetatable({ x = x, y = y, z = z }, Vec) end
function Vec.__add(a, b) return vec(a.x + b.x, a.y + b.y, a.z + b.z) end
function Vec.__sub(a, b) return vec(a.x - b.x, a.y - b.y, a.z - b.z) end
function Vec.__mul(a, k) return vec(a.x * k, a.y * k, a.z * k) end
function Vec:dot(b) return self.x * b.x + self.y * b.y + self.z * b.z end
function Vec:unit() return self * (1 / sqrt(self:dot(self))) end

local Sphere = {}
Sphere.__index = Sphere
function Sphere:hit(origin, direction)
  local to = origin - self.center
  local b = to:dot(direction)
  local c = to:dot(to) - self.radius * self.radius
  local d = b * b - c
  if d < 0 then return nil end
  local root = sqrt(d)
  local t = -b - root
  if t > 1e-4 then return t end
  t = -b + root
  if t > 1e-4 then return t end
  return nil
end
function Sphere:normal(point) return (point - self.center):unit() end
function Sphere:color_at() return self.color end

local Floor = {}
Floor.__index = Floor
function Floor:hit(origin, direction)
  if direction.y > -1e-6 then return nil end
  local t = (self.height - origin.y) / direction.y
  if t > 1e-4 then return t end
  return nil
end
function Floor:normal() return self.up end
function Floor:color_at(point)
  if (floor(point.x) + floor(point.z)) % 2 == 0 then return self.light end
  return self.dark
end

local shapes = {
  setmetatable({ height = -1, up = vec(0, 1, 0), light = vec(0.875, 0.875, 0.875), dark = vec(0.125, 0.125, 0.25), shine = 0.125 }, Floor),
}
for i = 0, 8 do
  local x, z = i % 3 - 1, floor(i / 3)
  shapes[#shapes + 1] = setmetatable({
    center = vec(x * 1.5, -0.5 + (i % 4) * 0.25, 4 + z * 1.5),
    radius = 0.5 + (i % 2) * 0.125,
    color = vec(0.25 + (i % 3) * 0.25, 0.75 - (i % 4) * 0.125, 0.5),
    shine = (i % 3) * 0.25,
  }, Sphere)
end
local lamp = vec(-4, 6, -2)
local black = vec(0, 0, 0)

local function nearest(origin, direction, limit)
  local best, shape = limit, nil
  for i = 1, #shapes do
    local t = shapes[i]:hit(origin, direction)
    if t and t < best then best, shape = t, shapes[i] end
  end
  return shape, best
end

local function trace(origin, direction, depth)
  local shape, t = nearest(origin, direction, huge)
  if not shape then
    local k = 0.5 + direction.y * 0.5
    return vec(0.5 + k * 0.25, 0.625 + k * 0.25, 1)
  end
  local point = origin + direction * t
  local normal = shape:normal(point)
  local to_lamp = lamp - point
  local distance = sqrt(to_lamp:dot(to_lamp))
  to_lamp = to_lamp * (1 / distance)
  local light = 0.125
  local cosine = normal:dot(to_lamp)
  if cosine > 0 and not nearest(point, to_lamp, distance) then light = light + cosine * 0.875 end
  local color = shape:color_at(point) * light
  if depth > 0 and shape.shine > 0 then
    local mirror = direction - normal * (2 * normal:dot(direction))
    color = color * (1 - shape.shine) + trace(point, mirror, depth - 1) * shape.shine
  end
  return color
end

local function clamp(v) return v < 0 and 0 or v > 1 and 255 or floor(v * 255) end

local height = floor(N * 3 / 4)
local eye = vec(0, 0.5, -2)
local sum, checksum = black, 0
for py = 0, height - 1 do
  for px = 0, N - 1 do
    local direction = vec((px + 0.5) / N * 2 - 1, 0.75 - (py + 0.5) / height * 1.5, 1.5):unit()
    local c = trace(eye, direction, 3)
    sum = sum + c
    checksum = (checksum * 3 + clamp(c.x) + clamp(c.y) * 2 + clamp(c.z) * 5) % 1000003
  end
end
local mean = sum * (1 / (N * height))
print("ray_tracer", N, checksum, string.format("%.6f %.6f %.6f", mean.x, mean.y, mean.z))
