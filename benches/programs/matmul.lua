-- [arrays] Matrix multiplication, transposition and powers on tables of rows, with floats and with integers.
-- N: size (default 200, small 20)
local N = tonumber((...)) or 200

local function matrix(n, f)
  local m = {}
  for i = 1, n do
    local row = {}
    for j = 1, n do row[j] = f(i, j) end
    m[i] = row
  end
  return m
end

local function transpose(a)
  local n = #a
  return matrix(n, function(i, j) return a[j][i] end)
end

local function multiply(a, b)
  local n = #a
  local c = transpose(b)
  local m = {}
  for i = 1, n do
    local ai, row = a[i], {}
    for j = 1, n do
      local cj, sum = c[j], 0
      for k = 1, n do sum = sum + ai[k] * cj[k] end
      row[j] = sum
    end
    m[i] = row
  end
  return m
end

-- Without the transposed copy: the inner loop walks down a column.
local function multiply_columns(a, b, modulus)
  local n = #a
  return matrix(n, function(i, j)
    local sum = 0
    for k = 1, n do sum = sum + a[i][k] * b[k][j] end
    return sum % modulus
  end)
end

local function trace(m)
  local t = 0
  for i = 1, #m do t = t + m[i][i] end
  return t
end

local a = matrix(N, function(i, j) return (i - j) * (i + 2 * j) / (N * N) end)
local b = matrix(N, function(i, j) return (i * j % 17) / 16 end)
local ab = multiply(a, b)
local ba = multiply(b, a)
assert(math.abs(trace(ab) - trace(ba)) < 1e-6)

local p = matrix(N, function(i, j) return (i * 3 + j * 5) % 11 end)
local q = multiply_columns(p, p, 10007)
local r = multiply_columns(q, p, 10007)
local checksum = 0
for i = 1, N do
  for j = 1, N do checksum = (checksum * 3 + r[i][j]) % 1000003 end
end
print("matmul", N, string.format("%.6f %.6f", trace(ab), ab[N][1]), checksum)
