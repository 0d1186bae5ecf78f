-- [float] Bodies under gravity in a leapfrog integrator: float fields of tables, inner loops over pairs of bodies.
-- N: steps (default 150000, small 500)
local N = tonumber((...)) or 150000
local sqrt = math.sqrt

local function body(x, y, z, vx, vy, vz, mass)
  return { x = x, y = y, z = z, vx = vx, vy = vy, vz = vz, mass = mass, ax = 0.0, ay = 0.0, az = 0.0 }
end

-- A made-up system: a heavy star, four planets on nearly circular orbits, a moon.
local function system()
  local star = body(0, 0, 0, 0, 0, 0, 40.0)
  local list = { star }
  local radius = 1.0
  for k = 1, 4 do
    local speed = sqrt(star.mass / radius)
    local tilt = k / 64
    if k % 2 == 0 then
      list[#list + 1] = body(radius, 0, tilt, 0, speed, 0, 0.01 * k)
    else
      list[#list + 1] = body(0, -radius, tilt, speed, 0, 0, 0.02 * k)
    end
    radius = radius * 1.75
  end
  local outer = list[#list]
  list[#list + 1] = body(outer.x + 0.05, outer.y, outer.z, outer.vx, outer.vy + 0.8, 0, 0.0001)
  return list
end

local function center(bodies)
  local px, py, pz, mass = 0, 0, 0, 0
  for _, b in ipairs(bodies) do
    px, py, pz = px + b.vx * b.mass, py + b.vy * b.mass, pz + b.vz * b.mass
    mass = mass + b.mass
  end
  for _, b in ipairs(bodies) do
    b.vx, b.vy, b.vz = b.vx - px / mass, b.vy - py / mass, b.vz - pz / mass
  end
end

local function forces(bodies)
  local n = #bodies
  for i = 1, n do
    local b = bodies[i]
    b.ax, b.ay, b.az = 0.0, 0.0, 0.0
  end
  for i = 1, n - 1 do
    local a = bodies[i]
    for j = i + 1, n do
      local b = bodies[j]
      local dx, dy, dz = b.x - a.x, b.y - a.y, b.z - a.z
      local square = dx * dx + dy * dy + dz * dz + 1e-4
      local k = 1.0 / (square * sqrt(square))
      local ka, kb = k * b.mass, k * a.mass
      a.ax, a.ay, a.az = a.ax + dx * ka, a.ay + dy * ka, a.az + dz * ka
      b.ax, b.ay, b.az = b.ax - dx * kb, b.ay - dy * kb, b.az - dz * kb
    end
  end
end

local function energy(bodies)
  local e = 0.0
  for i, a in ipairs(bodies) do
    e = e + 0.5 * a.mass * (a.vx * a.vx + a.vy * a.vy + a.vz * a.vz)
    for j = i + 1, #bodies do
      local b = bodies[j]
      local dx, dy, dz = b.x - a.x, b.y - a.y, b.z - a.z
      e = e - a.mass * b.mass / sqrt(dx * dx + dy * dy + dz * dz + 1e-4)
    end
  end
  return e
end

local function step(bodies, dt)
  local half = dt * 0.5
  for i = 1, #bodies do
    local b = bodies[i]
    b.vx, b.vy, b.vz = b.vx + b.ax * half, b.vy + b.ay * half, b.vz + b.az * half
    b.x, b.y, b.z = b.x + b.vx * dt, b.y + b.vy * dt, b.z + b.vz * dt
  end
  forces(bodies)
  for i = 1, #bodies do
    local b = bodies[i]
    b.vx, b.vy, b.vz = b.vx + b.ax * half, b.vy + b.ay * half, b.vz + b.az * half
  end
end

local bodies = system()
center(bodies)
forces(bodies)
local before = energy(bodies)
for _ = 1, N do step(bodies, 0.0005) end
local after = energy(bodies)
assert(math.abs((after - before) / before) < 1e-2)
print("nbody", N, string.format("%.9f %.9f", before, after))
