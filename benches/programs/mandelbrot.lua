-- [float] The Mandelbrot set: float arithmetic on locals in a tight while loop; a picture in characters; Julia sets through closures.
-- N: size (default 720, small 32)
local N = tonumber((...)) or 720

local function iterations(cr, ci, limit)
  local x, y, x2, y2, n = 0.0, 0.0, 0.0, 0.0, 0
  while n < limit and x2 + y2 <= 4.0 do
    y = 2.0 * x * y + ci
    x = x2 - y2 + cr
    x2, y2 = x * x, y * y
    n = n + 1
  end
  return n
end

local function mandelbrot(size, limit)
  local inside, steps = 0, 0
  for py = 0, size - 1 do
    local ci = 2.5 * py / size - 1.25
    for px = 0, size - 1 do
      local n = iterations(3.0 * px / size - 2.25, ci, limit)
      steps = steps + n
      if n == limit then inside = inside + 1 end
    end
  end
  return inside, steps
end

local function julia(cr, ci)
  return function(x, y)
    local n = 0
    while n < 60 and x * x + y * y <= 4 do
      x, y = x * x - y * y + cr, 2 * x * y + ci
      n = n + 1
    end
    return n
  end
end

local function picture(width, height, f)
  local shades = " .:-=+*#%@"
  local rows = {}
  for py = 1, height do
    local row = {}
    for px = 1, width do
      local n = f((px - width / 2) * 3.2 / width, (py - height / 2) * 2.6 / height)
      local k = n % #shades + 1
      row[px] = shades:sub(k, k)
    end
    rows[py] = table.concat(row)
  end
  return table.concat(rows, "\n")
end

print("mandelbrot", N, mandelbrot(N, 100))
print(picture(64, 20, julia(-0.75, 0.125)))
local h = 0
for k = 1, 4 do
  local text = picture(math.floor(N / 2), math.floor(N / 4), julia(-0.5 + k / 16, 0.5 + k / 64))
  for i = 1, #text do h = (h * 31 + text:byte(i)) % 1000003 end
end
print(h)
