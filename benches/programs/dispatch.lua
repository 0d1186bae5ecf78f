-- [objects] One call site, many classes: an expression tree evaluated, differentiated and simplified by methods.
-- N: rounds (default 600, small 2)
local N = tonumber((...)) or 600

local Num, Var, Add, Mul, Neg = {}, {}, {}, {}, {}
for _, class in ipairs { Num, Var, Add, Mul, Neg } do class.__index = class end

local function num(v) return setmetatable({ value = v }, Num) end
local function var(name) return setmetatable({ name = name }, Var) end
local function add(a, b) return setmetatable({ left = a, right = b }, Add) end
local function mul(a, b) return setmetatable({ left = a, right = b }, Mul) end
local function neg(a) return setmetatable({ inner = a }, Neg) end

function Num:eval() return self.value end
function Var:eval(env) return env[self.name] end
function Add:eval(env) return self.left:eval(env) + self.right:eval(env) end
-- Products are kept modulo a prime, so that no value outgrows a float.
function Mul:eval(env) return self.left:eval(env) * self.right:eval(env) % 1009 end
function Neg:eval(env) return -self.inner:eval(env) end

function Num:derive() return num(0) end
function Var:derive(x) return num(self.name == x and 1 or 0) end
function Add:derive(x) return add(self.left:derive(x), self.right:derive(x)) end
function Mul:derive(x)
  return add(mul(self.left:derive(x), self.right), mul(self.left, self.right:derive(x)))
end
function Neg:derive(x) return neg(self.inner:derive(x)) end

function Num:constant() return self.value end
function Var:constant() return nil end
Add.constant, Mul.constant, Neg.constant = Var.constant, Var.constant, Var.constant

function Num:simplify() return self end
function Var:simplify() return self end
function Add:simplify()
  local a, b = self.left:simplify(), self.right:simplify()
  local ka, kb = a:constant(), b:constant()
  if ka and kb then return num(ka + kb) end
  if ka == 0 then return b end
  if kb == 0 then return a end
  return add(a, b)
end
function Mul:simplify()
  local a, b = self.left:simplify(), self.right:simplify()
  local ka, kb = a:constant(), b:constant()
  if ka and kb then return num(ka * kb) end
  if ka == 0 or kb == 0 then return num(0) end
  if ka == 1 then return b end
  if kb == 1 then return a end
  return mul(a, b)
end
function Neg:simplify()
  local a = self.inner:simplify()
  local k = a:constant()
  if k then return num(-k) end
  return neg(a)
end

function Num:size() return 1 end
function Var:size() return 1 end
function Add:size() return 1 + self.left:size() + self.right:size() end
function Mul:size() return 1 + self.left:size() + self.right:size() end
function Neg:size() return 1 + self.inner:size() end

local seed = 7
local function random(n)
  seed = seed * 16807 % 2147483647
  return seed % n
end

local names = { "x", "y", "z" }
local function grow(depth)
  if depth == 0 then
    if random(2) == 0 then return num(random(5)) end
    return var(names[random(3) + 1])
  end
  local kind = random(5)
  if kind < 2 then return add(grow(depth - 1), grow(depth - 1)) end
  if kind < 4 then return mul(grow(depth - 1), grow(depth - 1)) end
  return neg(grow(depth - 1))
end

local checksum, nodes = 0, 0
for round = 1, N do
  local tree = grow(8)
  local slope = tree:derive("x")
  local short = slope:simplify()
  nodes = nodes + tree:size() + slope:size() + short:size()
  for i = 1, 10 do
    local env = { x = i % 2, y = -(i % 3 % 2), z = round % 2 }
    local a, b = slope:eval(env) % 1009, short:eval(env) % 1009
    assert(a == b)
    checksum = (checksum + tree:eval(env) % 1009 + a) % 1000003
  end
end
print("dispatch", N, nodes, string.format("%.0f", checksum))
