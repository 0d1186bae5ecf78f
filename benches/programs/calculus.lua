-- [float] The math library and functions as arguments: quadrature, root finding, Runge–Kutta, series, random sampling by hand.
-- N: rounds (default 750, small 1)
local N = tonumber((...)) or 750
local sin, cos, exp, log, sqrt, floor, abs = math.sin, math.cos, math.exp, math.log, math.sqrt, math.floor, math.abs
local pi = math.pi

local function simpson(f, a, b, n)
  local h = (b - a) / n
  local s = f(a) + f(b)
  for i = 1, n - 1, 2 do s = s + 4 * f(a + i * h) end
  for i = 2, n - 2, 2 do s = s + 2 * f(a + i * h) end
  return s * h / 3
end

local function adaptive(f, a, b, eps)
  local m = (a + b) / 2
  local whole = (b - a) / 6 * (f(a) + 4 * f(m) + f(b))
  local l, r = (a + m) / 2, (m + b) / 2
  local left = (m - a) / 6 * (f(a) + 4 * f(l) + f(m))
  local right = (b - m) / 6 * (f(m) + 4 * f(r) + f(b))
  if abs(left + right - whole) < eps then return left + right end
  return adaptive(f, a, m, eps / 2) + adaptive(f, m, b, eps / 2)
end

local function bisect(f, a, b)
  local fa = f(a)
  for _ = 1, 50 do
    local m = (a + b) / 2
    local fm = f(m)
    if (fa < 0) == (fm < 0) then a, fa = m, fm else b = m end
  end
  return (a + b) / 2
end

local function newton(f, df, x)
  for _ = 1, 20 do
    local step = f(x) / df(x)
    x = x - step
    if abs(step) < 1e-14 then break end
  end
  return x
end

local function runge_kutta(f, t, y, h, n)
  for _ = 1, n do
    local k1 = f(t, y)
    local k2 = f(t + h / 2, y + h / 2 * k1)
    local k3 = f(t + h / 2, y + h / 2 * k2)
    local k4 = f(t + h, y + h * k3)
    y = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    t = t + h
  end
  return y
end

local function series(n)
  local s = 0.0
  for k = 0, n do s = s + (k % 2 == 0 and 1 or -1) / (2 * k + 1) end
  return 4 * s
end

local function sampled_pi(n, seed)
  local inside = 0
  for _ = 1, n do
    seed = seed * 16807 % 2147483647
    local x = seed / 2147483647
    seed = seed * 16807 % 2147483647
    local y = seed / 2147483647
    if x * x + y * y < 1 then inside = inside + 1 end
  end
  return inside
end

local function whole_numbers(n)
  local total = 0
  for i = 1, n do
    local x = i * 0.375
    total = total + floor(x) + math.ceil(x) + math.max(i, x, 7) % 3 + math.min(i, 5)
    local whole, part = math.modf(x)
    total = total + whole + part * 8 + math.fmod(i, 7) + abs(-i)
  end
  return total
end

local checksum, close = 0, 0.0
for round = 1, N do
  local k = 1 + round / 64
  local a = simpson(function(x) return sin(x * k) end, 0, pi / k, 400)
  close = math.max(close, abs(a - 2 / k))
  local b = adaptive(function(x) return exp(-x * x) end, -5, 5, 1e-9)
  close = math.max(close, abs(b - sqrt(pi)))
  local c = bisect(function(x) return cos(x) - x end, 0, 1)
  local d = newton(function(x) return x * x * x - k end, function(x) return 3 * x * x end, 1.5)
  close = math.max(close, abs(cos(c) - c), abs(d - exp(log(k) / 3)))
  local e = runge_kutta(function(t, y) return y * cos(t) end, 0, 1, 0.01, 300)
  close = math.max(close, abs(e - exp(sin(3))))
  close = math.max(close, abs(series(3000) - pi) - 1 / 3000)
  checksum = (checksum + sampled_pi(3000, round * 7 + 1) + whole_numbers(600)) % 1000003
end
assert(close < 1e-7)
print("calculus", N, string.format("%.3f", checksum))
