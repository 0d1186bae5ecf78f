-- [objects] Classes by __index chains four levels deep: inherited and overridden methods, calls to the parent's method.
-- N: rounds (default 30000, small 20)
local N = tonumber((...)) or 30000

local function class(parent)
  local c = {}
  c.__index = c
  if parent then setmetatable(c, parent) end
  c.new = function(...)
    local object = setmetatable({}, c)
    object:init(...)
    return object
  end
  return c
end

local Account = class()
function Account:init(owner, balance)
  self.owner = owner
  self.balance = balance
  self.log = 0
end
function Account:deposit(x)
  self.balance = self.balance + x
  self:record(x)
end
function Account:withdraw(x)
  if x > self:available() then return false end
  self.balance = self.balance - x
  self:record(-x)
  return true
end
function Account:available() return self.balance end
function Account:record(x) self.log = (self.log * 3 + x) % 65521 end
function Account:month_end() end
function Account:kind() return 1 end

local Credit = class(Account)
function Credit:init(owner, balance, limit)
  Account.init(self, owner, balance)
  self.limit = limit
end
function Credit:available() return self.balance + self.limit end
function Credit:month_end()
  if self.balance < 0 then self:withdraw(1) end
end
function Credit:kind() return 2 end

local Savings = class(Account)
function Savings:init(owner, balance, rate)
  Account.init(self, owner, balance)
  self.rate = rate
end
function Savings:month_end()
  local interest = self.balance * self.rate
  self:deposit(interest - interest % 1)
end
function Savings:kind() return 3 end

local Premium = class(Savings)
function Premium:init(owner, balance, rate, bonus)
  Savings.init(self, owner, balance, rate)
  self.bonus = bonus
end
function Premium:month_end()
  Savings.month_end(self)
  if self.log % 2 == 0 then self:deposit(self.bonus) end
end

local Watched = class(Premium)
function Watched:init(...)
  Premium.init(self, ...)
  self.seen = 0
end
function Watched:record(x)
  self.seen = self.seen + 1
  Premium.record(self, x)
end

local accounts = {}
for i = 1, 50 do
  local k = i % 5
  if k == 0 then
    accounts[i] = Account.new("a" .. i, 1000)
  elseif k == 1 then
    accounts[i] = Credit.new("c" .. i, 500, 300)
  elseif k == 2 then
    accounts[i] = Savings.new("s" .. i, 2000, 0.0625)
  elseif k == 3 then
    accounts[i] = Premium.new("p" .. i, 3000, 0.03125, 5)
  else
    accounts[i] = Watched.new("w" .. i, 100, 0.015625, 7)
  end
end

local refused, kinds = 0, 0
for round = 1, N do
  for i = 1, #accounts do
    local a = accounts[i]
    local b = accounts[(i * 7 + round) % #accounts + 1]
    local amount = (i * round) % 97 + 1
    if a:withdraw(amount) then b:deposit(amount) else refused = refused + 1 end
    kinds = kinds + a:kind()
    if round % 10 == 0 then
      a:month_end()
      if a.balance > 1e6 then a.balance = 1000 end
    end
  end
end

local total, logs, seen = 0, 0, 0
for i = 1, #accounts do
  local a = accounts[i]
  total = total + a.balance
  logs = logs + a.log
  seen = seen + (a.seen or 0)
end
print("inheritance", N, string.format("%.0f %.0f", total, logs), refused, kinds, seen)
