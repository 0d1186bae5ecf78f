-- [calls] Closures: counters that share upvalues, upvalues closed in loops, accumulators created and dropped.
-- N: rounds (default 3000, small 5)
local N = tonumber((...)) or 3000

-- Two closures over one variable, with a third that reads it.
local function account(balance)
  local moves = 0
  local function deposit(x)
    balance = balance + x
    moves = moves + 1
    return balance
  end
  local function withdraw(x)
    if x > balance then return nil end
    balance = balance - x
    moves = moves + 1
    return balance
  end
  return deposit, withdraw, function() return balance, moves end
end

-- Each turn of the loop has its own variable.
local function cells(count)
  local list = {}
  for i = 1, count do
    local held = i
    list[i] = function(step)
      held = held + step * i
      return held
    end
  end
  return list
end

-- Upvalues of upvalues: three levels deep.
local function nested(a)
  return function(b)
    local sum = a + b
    return function(c)
      sum = sum + c
      a = a + 1
      return sum + a
    end
  end
end

local checksum = 0
for round = 1, N do
  local deposit, withdraw, state = account(100)
  for i = 1, 800 do
    deposit(i % 7)
    if i % 3 == 0 then withdraw(i % 11) end
  end
  local balance, moves = state()
  checksum = (checksum + balance * 31 + moves) % 1000003

  local list = cells(200)
  for step = 1, 10 do
    for i = 1, 200 do
      checksum = (checksum + list[i](step)) % 1000003
    end
  end

  for i = 1, 200 do
    local f = nested(round)(i)
    f(1)
    f(2)
    checksum = (checksum + f(3)) % 1000003
  end
end
print("closures", N, checksum)
