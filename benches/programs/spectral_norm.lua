-- [float] The largest singular value of an infinite matrix by power iteration: a small float function called in nested loops.
-- N: size (default 640, small 20)
local N = tonumber((...)) or 640

local function entry(i, j)
  local s = i + j
  return 1.0 / ((s - 1) * (s - 2) * 0.5 + i)
end

local function times(n, x, out)
  for i = 1, n do
    local sum = 0.0
    for j = 1, n do sum = sum + entry(i, j) * x[j] end
    out[i] = sum
  end
end

local function times_transposed(n, x, out)
  for i = 1, n do
    local sum = 0.0
    for j = 1, n do sum = sum + entry(j, i) * x[j] end
    out[i] = sum
  end
end

local u, v, w = {}, {}, {}
for i = 1, N do u[i] = 1.0 end
for _ = 1, 10 do
  times(N, u, w)
  times_transposed(N, w, v)
  times(N, v, w)
  times_transposed(N, w, u)
end
local uv, vv = 0.0, 0.0
for i = 1, N do
  uv = uv + u[i] * v[i]
  vv = vv + v[i] * v[i]
end
print("spectral_norm", N, string.format("%.9f", math.sqrt(uv / vv)))
