-- [calls] Proper tail calls: mutual recursion, states as functions, continuation-passing style.
-- N: length of the runs (default 7000000, small 5000)
local N = tonumber((...)) or 7000000

local is_even, is_odd
function is_even(n)
  if n == 0 then return true end
  return is_odd(n - 1)
end
function is_odd(n)
  if n == 0 then return false end
  return is_even(n - 1)
end

-- A machine for "runs of a, then runs of b", each state a function that calls the next by a tail call.
local machine = {}
function machine.start(i, last, score)
  if i > last then return score end
  if i % 3 == 0 then return machine.in_a(i + 1, last, score + 1) end
  return machine.in_b(i + 1, last, score)
end
function machine.in_a(i, last, score)
  if i > last then return score * 2 end
  if i % 5 == 0 then return machine.start(i + 1, last, score + 3) end
  return machine.in_b(i + 1, last, score + 2)
end
function machine.in_b(i, last, score)
  if i > last then return score * 3 end
  if i % 7 == 0 then return machine.start(i + 1, last, score - 1) end
  return machine.in_a(i + 1, last, score)
end

local function sum_to(n, acc, done)
  if n == 0 then return done(acc) end
  return sum_to(n - 1, acc + n, done)
end

-- Factorial modulo a prime, each step's continuation a fresh closure.
local function fact_cps(n, k)
  if n == 0 then return k(1) end
  return fact_cps(n - 1, function(v) return k(v * n % 999983) end)
end

local even = is_even(N)
assert(even == (N % 2 == 0))
local score = machine.start(1, N, 0)
local sum = sum_to(N, 0, function(v) return v end)
assert(sum == N * (N + 1) / 2)
local fact = 0
for _ = 1, math.floor(N / 10000) + 1 do
  fact = fact + fact_cps(2000, function(v) return v end)
end
print("tailcalls", N, tostring(even), score, sum, fact)
