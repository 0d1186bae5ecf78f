-- [float] Dense linear algebra on rows: LU with pivoting, inversion, determinants, and Jacobi rotations for eigenvalues.
-- N: size (default 235, small 12)
local N = tonumber((...)) or 235
local abs, sqrt = math.abs, math.sqrt

local function matrix(n, f)
  local a = {}
  for i = 1, n do
    local row = {}
    for j = 1, n do row[j] = f(i, j) end
    a[i] = row
  end
  return a
end

local function copy(a)
  return matrix(#a, function(i, j) return a[i][j] end)
end

local function factor(a)
  local n, lu, order, sign = #a, copy(a), {}, 1
  for i = 1, n do order[i] = i end
  for k = 1, n do
    local best = k
    for i = k + 1, n do
      if abs(lu[i][k]) > abs(lu[best][k]) then best = i end
    end
    if best ~= k then
      lu[k], lu[best] = lu[best], lu[k]
      order[k], order[best] = order[best], order[k]
      sign = -sign
    end
    local rk = lu[k]
    local pivot = rk[k]
    for i = k + 1, n do
      local ri = lu[i]
      local f = ri[k] / pivot
      ri[k] = f
      for j = k + 1, n do ri[j] = ri[j] - f * rk[j] end
    end
  end
  return lu, order, sign
end

local function solve(lu, order, b)
  local n, x = #lu, {}
  for i = 1, n do
    local row, s = lu[i], b[order[i]]
    for j = 1, i - 1 do s = s - row[j] * x[j] end
    x[i] = s
  end
  for i = n, 1, -1 do
    local row, s = lu[i], x[i]
    for j = i + 1, n do s = s - row[j] * x[j] end
    x[i] = s / row[i]
  end
  return x
end

local function inverse(a)
  local n = #a
  local lu, order = factor(a)
  local columns = {}
  for k = 1, n do
    local unit = {}
    for i = 1, n do unit[i] = i == k and 1.0 or 0.0 end
    columns[k] = solve(lu, order, unit)
  end
  return matrix(n, function(i, j) return columns[j][i] end)
end

local function eigenvalues(a, sweeps)
  local n = #a
  a = copy(a)
  for _ = 1, sweeps do
    for p = 1, n - 1 do
      for q = p + 1, n do
        local apq = a[p][q]
        if abs(apq) > 1e-12 then
          local theta = (a[q][q] - a[p][p]) / (2 * apq)
          local t = (theta >= 0 and 1 or -1) / (abs(theta) + sqrt(theta * theta + 1))
          local c = 1 / sqrt(t * t + 1)
          local s = t * c
          for k = 1, n do
            local row = a[k]
            local x, y = row[p], row[q]
            row[p], row[q] = c * x - s * y, s * x + c * y
          end
          local rp, rq = a[p], a[q]
          for k = 1, n do
            local x, y = rp[k], rq[k]
            rp[k], rq[k] = c * x - s * y, s * x + c * y
          end
        end
      end
    end
  end
  local values = {}
  for i = 1, n do values[i] = a[i][i] end
  table.sort(values)
  return values
end

local a = matrix(N, function(i, j) return (i * 13 + j * 29) % 31 / 31 + (i == j and 4.0 or 0.0) end)
local lu, order, sign = factor(a)
local logdet = 0.0
for i = 1, N do logdet = logdet + math.log(abs(lu[i][i])) end
local inv = inverse(a)
local worst = 0.0
for i = 1, N do
  for j = 1, N do
    local s = 0.0
    for k = 1, N do s = s + a[i][k] * inv[k][j] end
    worst = math.max(worst, abs(s - (i == j and 1.0 or 0.0)))
  end
end
assert(worst < 1e-8)

local small = math.floor(N / 3)
local symmetric = matrix(small, function(i, j) return 1.0 / (i + j) + (i == j and i / small or 0.0) end)
local values = eigenvalues(symmetric, 6)
local trace, sum = 0.0, 0.0
for i = 1, small do
  trace = trace + symmetric[i][i]
  sum = sum + values[i]
end
assert(abs(trace - sum) < 1e-8)
print("linear_algebra", N, sign, string.format("%.6f %.6f %.6f", logdet, values[1], values[small]))
