-- [calls] Naive recursive Fibonacci: calls and returns through an upvalue, small integer arithmetic.
-- N: the index (default 36, small 15)
local N = tonumber((...)) or 36

local function fib(n)
  if n < 2 then return n end
  return fib(n - 1) + fib(n - 2)
end

-- The same number by iteration, to check the recursive one.
local function quick(n)
  local a, b = 0, 1
  for _ = 1, n do a, b = b, a + b end
  return a
end

local result = fib(N)
assert(result == quick(N))
print("fib", N, result)
