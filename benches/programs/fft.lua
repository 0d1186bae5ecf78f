-- [float] Fast Fourier transforms: iterative on two arrays, recursive with complex objects, and convolution checked by hand.
-- N: rounds (default 70, small 1)
local N = tonumber((...)) or 70
local cos, sin, pi = math.cos, math.sin, math.pi

-- In place, radix 2; sign is -1 forward and 1 back.
local function transform(re, im, sign)
  local n = #re
  local powers, count, p = {}, 0, 1
  while p < n do
    count = count + 1
    powers[count] = p
    p = p * 2
  end
  local j = 1
  for i = 1, n - 1 do
    if i < j then
      re[i], re[j] = re[j], re[i]
      im[i], im[j] = im[j], im[i]
    end
    local k = count
    while k > 1 and j > powers[k] do
      j = j - powers[k]
      k = k - 1
    end
    j = j + powers[k]
  end
  for step = 1, count do
    local half = powers[step]
    local width = half * 2
    local angle = sign * 2 * pi / width
    local wr, wi = cos(angle), sin(angle)
    for start = 1, n, width do
      local cr, ci = 1.0, 0.0
      for k = start, start + half - 1 do
        local m = k + half
        local tr = re[m] * cr - im[m] * ci
        local ti = re[m] * ci + im[m] * cr
        re[m], im[m] = re[k] - tr, im[k] - ti
        re[k], im[k] = re[k] + tr, im[k] + ti
        cr, ci = cr * wr - ci * wi, cr * wi + ci * wr
      end
    end
  end
  if sign == 1 then
    for i = 1, n do re[i], im[i] = re[i] / n, im[i] / n end
  end
end

local Complex = {}
Complex.__index = Complex
local function complex(re, im) return setmetatable({ re = re, im = im }, Complex) end
function Complex.__add(a, b) return complex(a.re + b.re, a.im + b.im) end
function Complex.__sub(a, b) return complex(a.re - b.re, a.im - b.im) end
function Complex.__mul(a, b) return complex(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re) end

local function recursive(list)
  local n = #list
  if n == 1 then return list end
  local even, odd = {}, {}
  for i = 1, n, 2 do
    even[#even + 1] = list[i]
    odd[#odd + 1] = list[i + 1]
  end
  even, odd = recursive(even), recursive(odd)
  local out, half = {}, #even
  for k = 1, half do
    local t = complex(cos(2 * pi * (k - 1) / n), -sin(2 * pi * (k - 1) / n)) * odd[k]
    out[k], out[k + half] = even[k] + t, even[k] - t
  end
  return out
end

local function convolve(a, b, n)
  local ar, ai, br, bi = {}, {}, {}, {}
  for i = 1, n do ar[i], ai[i], br[i], bi[i] = a[i] or 0.0, 0.0, b[i] or 0.0, 0.0 end
  transform(ar, ai, -1)
  transform(br, bi, -1)
  for i = 1, n do
    ar[i], ai[i] = ar[i] * br[i] - ai[i] * bi[i], ar[i] * bi[i] + ai[i] * br[i]
  end
  transform(ar, ai, 1)
  return ar
end

local worst, checksum = 0.0, 0
for round = 1, N do
  local size = 4096
  local re, im, copy = {}, {}, {}
  for i = 1, size do
    re[i], im[i] = (i * 37 + round) % 101 / 101, 0.0
    copy[i] = re[i]
  end
  transform(re, im, -1)
  local list = {}
  for i = 1, 512 do list[i] = complex(copy[i], 0.0) end
  local other = recursive(list)
  local r2, i2 = {}, {}
  for i = 1, 512 do r2[i], i2[i] = copy[i], 0.0 end
  transform(r2, i2, -1)
  for i = 1, 512 do
    worst = math.max(worst, math.abs(r2[i] - other[i].re), math.abs(i2[i] - other[i].im))
  end
  transform(re, im, 1)
  for i = 1, size do worst = math.max(worst, math.abs(re[i] - copy[i])) end

  local a, b = {}, {}
  for i = 1, 60 do a[i], b[i] = i * round % 10, i * 3 % 10 end
  local product = convolve(a, b, 128)
  for k = 1, 119 do
    local sum = 0
    for i = math.max(1, k - 59), math.min(60, k) do sum = sum + a[i] * b[k + 1 - i] end
    assert(math.floor(product[k] + 0.5) == sum)
    checksum = (checksum * 7 + sum) % 1000003
  end
end
assert(worst < 1e-9)
print("fft", N, string.format("%d", checksum))
