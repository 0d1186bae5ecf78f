-- [metamethods] Arithmetic on objects: __add, __sub, __mul, __unm, __eq, __lt, __le, __len, __concat, __tostring.
-- N: rounds (default 250000, small 500)
local N = tonumber((...)) or 250000

local Vector = {}
Vector.__index = Vector
local function vector(x, y, z) return setmetatable({ x = x, y = y, z = z }, Vector) end

function Vector.__add(a, b) return vector(a.x + b.x, a.y + b.y, a.z + b.z) end
function Vector.__sub(a, b) return vector(a.x - b.x, a.y - b.y, a.z - b.z) end
function Vector.__mul(a, b)
  if type(a) == "number" then return vector(a * b.x, a * b.y, a * b.z) end
  if type(b) == "number" then return vector(a.x * b, a.y * b, a.z * b) end
  return a.x * b.x + a.y * b.y + a.z * b.z
end
function Vector.__unm(a) return vector(-a.x, -a.y, -a.z) end
function Vector.__eq(a, b) return a.x == b.x and a.y == b.y and a.z == b.z end
function Vector.__lt(a, b) return a * a < b * b end
function Vector.__le(a, b) return a * a <= b * b end
function Vector.__len() return 3 end
function Vector.__tostring(a) return string.format("(%g, %g, %g)", a.x, a.y, a.z) end
function Vector.__concat(a, b) return tostring(a) .. tostring(b) end
function Vector:cross(b)
  return vector(self.y * b.z - self.z * b.y, self.z * b.x - self.x * b.z, self.x * b.y - self.y * b.x)
end

-- Tables have no __len in Lua 5.1.
local has_len = _VERSION ~= "Lua 5.1"
local position = vector(0.5, 0.25, 0.125)
local velocity = vector(1, -0.5, 0.25)
local pull = vector(0, 0, -0.0625)
local longer, same, text = 0, 0, 0
for i = 1, N do
  velocity = velocity + pull * 0.25
  position = position + velocity * 0.125
  if position.z < -4 then
    velocity = -velocity
    position = position - 2 * pull * position.z
  end
  local side = position:cross(velocity)
  if has_len and #side ~= 3 then error("wrong length") end
  if side < position then longer = longer + 1 end
  if position <= velocity then longer = longer + 2 end
  if side == position:cross(velocity) then same = same + 1 end
  if position * position > 10000 then position = vector(1, 1, i % 8) end
  if i % 64 == 0 then
    local line = position .. velocity
    text = (text * 31 + #line) % 1000003
  end
end
print("vectors", N, longer, same, text)
print(string.format("%.9g %.9g %.9g", position.x, position.y, position.z))
