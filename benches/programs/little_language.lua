-- [program] An interpreter for a small language: lexer, precedence parser, constant folding, then three ways to run it: walking the tree, closures, and a stack machine.
-- N: rounds (default 21, small 1)
local unpack = table.unpack or unpack
local N = tonumber((...)) or 21

---------------------------------------------------------------------------
-- Lexer.

local keywords = {}
for w in ("let fn if else while return true false nil and or not print"):gmatch("%a+") do keywords[w] = true end

local function lex(source)
  local tokens, at, line = {}, 1, 1
  local function add(kind, value) tokens[#tokens + 1] = { kind = kind, value = value, line = line } end
  while at <= #source do
    local c = source:sub(at, at)
    if c == "\n" then
      line = line + 1
      at = at + 1
    elseif c:find("%s") then
      at = at + 1
    elseif c == "#" then
      at = source:find("\n", at, true) or #source + 1
    elseif c:find("[%a_]") then
      local _, stop = source:find("^[%w_]+", at)
      local w = source:sub(at, stop)
      if keywords[w] then add(w) else add("name", w) end
      at = stop + 1
    elseif c:find("%d") then
      local _, stop = source:find("^%d+%.?%d*", at)
      add("number", tonumber(source:sub(at, stop)))
      at = stop + 1
    elseif c == "\"" then
      local stop = source:find("\"", at + 1, true)
      if not stop then error("line " .. line .. ": unclosed string", 0) end
      add("string", source:sub(at + 1, stop - 1))
      at = stop + 1
    else
      local two = source:sub(at, at + 1)
      if two == "==" or two == "!=" or two == "<=" or two == ">=" then
        add(two)
        at = at + 2
      elseif ("+-*/%<>=(){}[],;."):find(c, 1, true) then
        add(c)
        at = at + 1
      else
        error("line " .. line .. ": strange character " .. c, 0)
      end
    end
  end
  add("end")
  return tokens
end

---------------------------------------------------------------------------
-- Parser. Names are resolved here: each function has numbered slots, and a
-- variable is (depth, slot), depth counting the functions between use and place.

local Parser = {}
Parser.__index = Parser

function Parser:peek() return self.tokens[self.at].kind end
function Parser:advance()
  local t = self.tokens[self.at]
  self.at = self.at + 1
  return t
end
function Parser:accept(kind)
  if self:peek() == kind then return self:advance() end
end
function Parser:expect(kind)
  local t = self:accept(kind)
  if not t then
    local found = self.tokens[self.at]
    error("line " .. found.line .. ": expected " .. kind .. ", found " .. found.kind, 0)
  end
  return t
end

function Parser:open_function()
  self.scope = { outer = self.scope, blocks = { {} }, count = 0 }
end
function Parser:close_function()
  local scope = self.scope
  self.scope = scope.outer
  return scope.count
end
function Parser:declare(name)
  local scope = self.scope
  scope.count = scope.count + 1
  scope.blocks[#scope.blocks][name] = scope.count
  return scope.count
end
function Parser:resolve(name, line)
  local scope, depth = self.scope, 0
  while scope do
    for i = #scope.blocks, 1, -1 do
      local slot = scope.blocks[i][name]
      if slot then return depth, slot end
    end
    scope, depth = scope.outer, depth + 1
  end
  error("line " .. line .. ": unknown name " .. name, 0)
end

local levels = {
  ["or"] = 1, ["and"] = 2, ["=="] = 3, ["!="] = 3, ["<"] = 4, [">"] = 4, ["<="] = 4, [">="] = 4,
  ["+"] = 5, ["-"] = 5, ["*"] = 6, ["/"] = 6, ["%"] = 6,
}

local arithmetic = {
  ["+"] = function(a, b) return type(a) == "string" and a .. tostring(b) or a + b end,
  ["-"] = function(a, b) return a - b end,
  ["*"] = function(a, b) return a * b end,
  ["/"] = function(a, b) return math.floor(a / b) end,
  ["%"] = function(a, b) return a % b end,
  ["=="] = function(a, b) return a == b end,
  ["!="] = function(a, b) return a ~= b end,
  ["<"] = function(a, b) return a < b end,
  [">"] = function(a, b) return a > b end,
  ["<="] = function(a, b) return a <= b end,
  [">="] = function(a, b) return a >= b end,
}

function Parser:expression(limit)
  local left = self:unary()
  while true do
    local op = self:peek()
    local level = levels[op]
    if not level or level <= limit then return left end
    self:advance()
    local right = self:expression(level)
    if left.kind == "constant" and right.kind == "constant" and arithmetic[op]
      and type(left.value) == "number" and type(right.value) == "number" and right.value ~= 0 then
      left = { kind = "constant", value = arithmetic[op](left.value, right.value) }
    else
      left = { kind = (op == "and" or op == "or") and op or "binary", op = op, left = left, right = right }
    end
  end
end

function Parser:unary()
  if self:accept("-") then
    local inner = self:unary()
    if inner.kind == "constant" then return { kind = "constant", value = -inner.value } end
    return { kind = "negate", inner = inner }
  elseif self:accept("not") then
    return { kind = "not", inner = self:unary() }
  end
  return self:postfix(self:primary())
end

function Parser:arguments(close)
  local list = {}
  if not self:accept(close) then
    repeat list[#list + 1] = self:expression(0) until not self:accept(",")
    self:expect(close)
  end
  return list
end

function Parser:postfix(node)
  while true do
    if self:accept("(") then
      node = { kind = "call", callee = node, arguments = self:arguments(")") }
    elseif self:accept("[") then
      node = { kind = "index", object = node, key = self:expression(0) }
      self:expect("]")
    elseif self:accept(".") then
      node = { kind = "index", object = node, key = { kind = "constant", value = self:expect("name").value } }
    else
      return node
    end
  end
end

function Parser:primary()
  local t = self:advance()
  local kind = t.kind
  if kind == "number" or kind == "string" then return { kind = "constant", value = t.value } end
  if kind == "true" then return { kind = "constant", value = true } end
  if kind == "false" then return { kind = "constant", value = false } end
  if kind == "nil" then return { kind = "constant" } end
  if kind == "name" then
    local depth, slot = self:resolve(t.value, t.line)
    return { kind = "variable", depth = depth, slot = slot }
  end
  if kind == "(" then
    local e = self:expression(0)
    self:expect(")")
    return e
  end
  if kind == "[" then return { kind = "list", items = self:arguments("]") } end
  if kind == "fn" then return self:fn() end
  error("line " .. t.line .. ": unexpected " .. kind, 0)
end

function Parser:fn()
  self:open_function()
  self:expect("(")
  local count = 0
  if not self:accept(")") then
    repeat
      self:declare(self:expect("name").value)
      count = count + 1
    until not self:accept(",")
    self:expect(")")
  end
  local body = self:block()
  return { kind = "fn", parameters = count, body = body, slots = self:close_function() }
end

function Parser:block()
  self:expect("{")
  local blocks = self.scope.blocks
  blocks[#blocks + 1] = {}
  local list = {}
  while not self:accept("}") do list[#list + 1] = self:statement() end
  blocks[#blocks] = nil
  return list
end

function Parser:statement()
  if self:accept("let") then
    local name = self:expect("name").value
    -- A function may call itself, so its name is known before its body is read.
    local slot = self:declare(name)
    self:expect("=")
    local value = self:expression(0)
    self:expect(";")
    return { kind = "assign", depth = 0, slot = slot, value = value }
  elseif self:accept("if") then
    local test = self:expression(0)
    local yes, no = self:block(), {}
    if self:accept("else") then
      if self:peek() == "if" then no = { self:statement() } else no = self:block() end
    end
    return { kind = "if", test = test, yes = yes, no = no }
  elseif self:accept("while") then
    local test = self:expression(0)
    return { kind = "while", test = test, body = self:block() }
  elseif self:accept("return") then
    local value = self:peek() == ";" and { kind = "constant" } or self:expression(0)
    self:expect(";")
    return { kind = "return", value = value }
  elseif self:accept("print") then
    local value = self:expression(0)
    self:expect(";")
    return { kind = "print", value = value }
  end
  local target = self:expression(0)
  if self:accept("=") then
    local value = self:expression(0)
    self:expect(";")
    if target.kind == "variable" then
      return { kind = "assign", depth = target.depth, slot = target.slot, value = value }
    elseif target.kind == "index" then
      return { kind = "store", object = target.object, key = target.key, value = value }
    end
    error("cannot assign to this", 0)
  end
  self:expect(";")
  return { kind = "expression", value = target }
end

local function parse(source)
  local parser = setmetatable({ tokens = lex(source), at = 1 }, Parser)
  parser:open_function()
  local list = {}
  while parser:peek() ~= "end" do list[#list + 1] = parser:statement() end
  return { kind = "fn", parameters = 0, body = list, slots = parser:close_function() }
end

local output
local function emit(v) output[#output + 1] = tostring(v) end

---------------------------------------------------------------------------
-- First engine: walk the tree. Frames are arrays; frame[0] is the outer one.

local walk, run_block
local evaluate = {}
function walk(node, frame) return evaluate[node.kind](node, frame) end

local function frame_at(frame, depth)
  for _ = 1, depth do frame = frame[0] end
  return frame
end

function evaluate.constant(node) return node.value end
function evaluate.variable(node, frame) return frame_at(frame, node.depth)[node.slot] end
function evaluate.binary(node, frame) return arithmetic[node.op](walk(node.left, frame), walk(node.right, frame)) end
evaluate["and"] = function(node, frame) return walk(node.left, frame) and walk(node.right, frame) end
evaluate["or"] = function(node, frame) return walk(node.left, frame) or walk(node.right, frame) end
evaluate["not"] = function(node, frame) return not walk(node.inner, frame) end
function evaluate.negate(node, frame) return -walk(node.inner, frame) end
function evaluate.index(node, frame) return walk(node.object, frame)[walk(node.key, frame)] end
function evaluate.list(node, frame)
  local out = {}
  for i, item in ipairs(node.items) do out[i - 1] = walk(item, frame) end
  return out
end
function evaluate.fn(node, frame)
  return function(...)
    local inner = { ... }
    inner[0] = frame
    local _, value = run_block(node.body, inner)
    return value
  end
end
function evaluate.call(node, frame)
  local f = walk(node.callee, frame)
  local args = {}
  for i, a in ipairs(node.arguments) do args[i] = walk(a, frame) end
  return f(unpack(args, 1, #node.arguments))
end

local execute = {}
function run_block(list, frame)
  for i = 1, #list do
    local done, value = execute[list[i].kind](list[i], frame)
    if done then return true, value end
  end
end
function execute.assign(node, frame) frame_at(frame, node.depth)[node.slot] = walk(node.value, frame) end
function execute.store(node, frame) walk(node.object, frame)[walk(node.key, frame)] = walk(node.value, frame) end
function execute.expression(node, frame) walk(node.value, frame) end
function execute.print(node, frame) emit(walk(node.value, frame)) end
execute["return"] = function(node, frame) return true, walk(node.value, frame) end
execute["if"] = function(node, frame)
  return run_block(walk(node.test, frame) and node.yes or node.no, frame)
end
execute["while"] = function(node, frame)
  while walk(node.test, frame) do
    local done, value = run_block(node.body, frame)
    if done then return true, value end
  end
end

---------------------------------------------------------------------------
-- Second engine: every node becomes a closure.

local close = {}
local function closure(node) return close[node.kind](node) end
local function closures(list)
  local out = {}
  for i, node in ipairs(list) do out[i] = closure(node) end
  local n = #out
  return function(frame)
    for i = 1, n do
      local done, value = out[i](frame)
      if done then return true, value end
    end
  end
end

function close.constant(node)
  local v = node.value
  return function() return v end
end
function close.variable(node)
  local depth, slot = node.depth, node.slot
  if depth == 0 then return function(frame) return frame[slot] end end
  if depth == 1 then return function(frame) return frame[0][slot] end end
  return function(frame) return frame_at(frame, depth)[slot] end
end
function close.binary(node)
  local a, b, op = closure(node.left), closure(node.right), node.op
  if op == "-" then return function(frame) return a(frame) - b(frame) end end
  if op == "*" then return function(frame) return a(frame) * b(frame) end end
  if op == "<" then return function(frame) return a(frame) < b(frame) end end
  local f = arithmetic[op]
  return function(frame) return f(a(frame), b(frame)) end
end
close["and"] = function(node)
  local a, b = closure(node.left), closure(node.right)
  return function(frame) return a(frame) and b(frame) end
end
close["or"] = function(node)
  local a, b = closure(node.left), closure(node.right)
  return function(frame) return a(frame) or b(frame) end
end
close["not"] = function(node)
  local a = closure(node.inner)
  return function(frame) return not a(frame) end
end
function close.negate(node)
  local a = closure(node.inner)
  return function(frame) return -a(frame) end
end
function close.index(node)
  local o, k = closure(node.object), closure(node.key)
  return function(frame) return o(frame)[k(frame)] end
end
function close.list(node)
  local items = {}
  for i, item in ipairs(node.items) do items[i] = closure(item) end
  return function(frame)
    local out = {}
    for i = 1, #items do out[i - 1] = items[i](frame) end
    return out
  end
end
function close.fn(node)
  local body = closures(node.body)
  return function(frame)
    return function(a, b, c, d)
      local inner = { a, b, c, d }
      inner[0] = frame
      local _, value = body(inner)
      return value
    end
  end
end
function close.call(node)
  local f, args = closure(node.callee), {}
  for i, a in ipairs(node.arguments) do args[i] = closure(a) end
  local a, b, c, d = args[1], args[2], args[3], args[4]
  if d then return function(frame) return f(frame)(a(frame), b(frame), c(frame), d(frame)) end end
  if c then return function(frame) return f(frame)(a(frame), b(frame), c(frame)) end end
  if b then return function(frame) return f(frame)(a(frame), b(frame)) end end
  if a then return function(frame) return f(frame)(a(frame)) end end
  return function(frame) return f(frame)() end
end
function close.assign(node)
  local depth, slot, value = node.depth, node.slot, closure(node.value)
  if depth == 0 then return function(frame) frame[slot] = value(frame) end end
  return function(frame) frame_at(frame, depth)[slot] = value(frame) end
end
function close.store(node)
  local o, k, v = closure(node.object), closure(node.key), closure(node.value)
  return function(frame) o(frame)[k(frame)] = v(frame) end
end
function close.expression(node)
  local v = closure(node.value)
  return function(frame) v(frame) end
end
function close.print(node)
  local v = closure(node.value)
  return function(frame) emit(v(frame)) end
end
close["return"] = function(node)
  local v = closure(node.value)
  return function(frame) return true, v(frame) end
end
close["if"] = function(node)
  local test, yes, no = closure(node.test), closures(node.yes), closures(node.no)
  return function(frame)
    if test(frame) then return yes(frame) end
    return no(frame)
  end
end
close["while"] = function(node)
  local test, body = closure(node.test), closures(node.body)
  return function(frame)
    while test(frame) do
      local done, value = body(frame)
      if done then return true, value end
    end
  end
end

---------------------------------------------------------------------------
-- Third engine: code for a stack machine, in one array of numbers and operands.

local PUSH, LOAD, STORE, BINARY, JUMP, UNLESS, KEEP_IF, KEEP_UNLESS, NOT, NEGATE, INDEX, PUT, LIST, MAKE, CALL, RETURN, PRINT, POP =
  1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18

local generate = {}
local function gen(node, code) generate[node.kind](node, code) end
local function gen_all(list, code)
  for _, node in ipairs(list) do gen(node, code) end
end
local function put(code, ...)
  for i = 1, select("#", ...) do code[#code + 1] = (select(i, ...)) end
  return #code
end

local NIL = {}
function generate.constant(node, code)
  if node.value == nil then put(code, PUSH, NIL) else put(code, PUSH, node.value) end
end
function generate.variable(node, code) put(code, LOAD, node.depth, node.slot) end
function generate.binary(node, code)
  gen(node.left, code)
  gen(node.right, code)
  put(code, BINARY, arithmetic[node.op])
end
local function short_circuit(op)
  return function(node, code)
    gen(node.left, code)
    local hole = put(code, op, 0)
    gen(node.right, code)
    code[hole] = #code + 1
  end
end
generate["and"] = short_circuit(KEEP_UNLESS)
generate["or"] = short_circuit(KEEP_IF)
generate["not"] = function(node, code)
  gen(node.inner, code)
  put(code, NOT)
end
function generate.negate(node, code)
  gen(node.inner, code)
  put(code, NEGATE)
end
function generate.index(node, code)
  gen(node.object, code)
  gen(node.key, code)
  put(code, INDEX)
end
function generate.list(node, code)
  gen_all(node.items, code)
  put(code, LIST, #node.items)
end
function generate.fn(node, code)
  local body = {}
  gen_all(node.body, body)
  put(body, PUSH, NIL, RETURN)
  put(code, MAKE, body)
end
function generate.call(node, code)
  gen(node.callee, code)
  gen_all(node.arguments, code)
  put(code, CALL, #node.arguments)
end
function generate.assign(node, code)
  gen(node.value, code)
  put(code, STORE, node.depth, node.slot)
end
function generate.store(node, code)
  gen(node.object, code)
  gen(node.key, code)
  gen(node.value, code)
  put(code, PUT)
end
function generate.expression(node, code)
  gen(node.value, code)
  put(code, POP)
end
function generate.print(node, code)
  gen(node.value, code)
  put(code, PRINT)
end
generate["return"] = function(node, code)
  gen(node.value, code)
  put(code, RETURN)
end
generate["if"] = function(node, code)
  gen(node.test, code)
  local to_else = put(code, UNLESS, 0)
  gen_all(node.yes, code)
  local to_end = put(code, JUMP, 0)
  code[to_else] = #code + 1
  gen_all(node.no, code)
  code[to_end] = #code + 1
end
generate["while"] = function(node, code)
  local start = #code + 1
  gen(node.test, code)
  local out = put(code, UNLESS, 0)
  gen_all(node.body, code)
  put(code, JUMP, start)
  code[out] = #code + 1
end

local function machine(main)
  local stack, top, calls, depth = {}, 0, {}, 0
  local code, pc, frame = main, 1, {}
  while true do
    local op = code[pc]
    if op == LOAD then
      local f = frame
      for _ = 1, code[pc + 1] do f = f[0] end
      top = top + 1
      stack[top] = f[code[pc + 2]]
      pc = pc + 3
    elseif op == PUSH then
      local v = code[pc + 1]
      top = top + 1
      if v == NIL then stack[top] = nil else stack[top] = v end
      pc = pc + 2
    elseif op == BINARY then
      top = top - 1
      stack[top] = code[pc + 1](stack[top], stack[top + 1])
      pc = pc + 2
    elseif op == STORE then
      local f = frame
      for _ = 1, code[pc + 1] do f = f[0] end
      f[code[pc + 2]] = stack[top]
      top = top - 1
      pc = pc + 3
    elseif op == UNLESS then
      if stack[top] then pc = pc + 2 else pc = code[pc + 1] end
      top = top - 1
    elseif op == JUMP then
      pc = code[pc + 1]
    elseif op == INDEX then
      top = top - 1
      stack[top] = stack[top][stack[top + 1]]
      pc = pc + 1
    elseif op == PUT then
      stack[top - 2][stack[top - 1]] = stack[top]
      top = top - 3
      pc = pc + 1
    elseif op == CALL then
      local count = code[pc + 1]
      local base = top - count
      local callee = stack[base]
      local inner = { [0] = callee.frame }
      for i = 1, count do inner[i] = stack[base + i] end
      top = base - 1
      depth = depth + 3
      calls[depth - 2], calls[depth - 1], calls[depth] = code, pc + 2, frame
      code, pc, frame = callee.code, 1, inner
    elseif op == RETURN then
      if depth == 0 then return stack[top] end
      code, pc, frame = calls[depth - 2], calls[depth - 1], calls[depth]
      depth = depth - 3
    elseif op == MAKE then
      top = top + 1
      stack[top] = { code = code[pc + 1], frame = frame }
      pc = pc + 2
    elseif op == KEEP_IF or op == KEEP_UNLESS then
      local truth = not not stack[top]
      if truth == (op == KEEP_IF) then
        pc = code[pc + 1]
      else
        top = top - 1
        pc = pc + 2
      end
    elseif op == LIST then
      local count, out = code[pc + 1], {}
      for i = 1, count do out[i - 1] = stack[top - count + i] end
      top = top - count + 1
      stack[top] = out
      pc = pc + 2
    elseif op == NOT then
      stack[top] = not stack[top]
      pc = pc + 1
    elseif op == NEGATE then
      stack[top] = -stack[top]
      pc = pc + 1
    elseif op == POP then
      top = top - 1
      pc = pc + 1
    elseif op == PRINT then
      emit(stack[top])
      top = top - 1
      pc = pc + 1
    end
  end
end

---------------------------------------------------------------------------
-- Programs.

local programs = {
  [[ # Recursion.
  let fib = fn(n) { if n < 2 { return n; } return fib(n - 1) + fib(n - 2); };
  print fib(15);
  let gcd = fn(a, b) { if b == 0 { return a; } return gcd(b, a % b); };
  print gcd(3528, 3780); ]],
  [[ # Arrays and loops.
  let n = 1200; let sieve = []; let i = 2; let count = 0;
  while i <= n {
    if not sieve[i] {
      count = count + 1;
      let j = i * i;
      while j <= n { sieve[j] = true; j = j + i; }
    }
    i = i + 1;
  }
  print count;
  let a = [5, 3, 9, 1, 7, 2, 8, 0, 6, 4];
  let k = 1;
  while k < 10 {
    let v = a[k]; let m = k - 1;
    while m >= 0 and a[m] > v { a[m + 1] = a[m]; m = m - 1; }
    a[m + 1] = v;
    k = k + 1;
  }
  print a[0] + a[1] * 10 + a[9] * 100; ]],
  [[ # Closures and objects.
  let counter = fn(step) { let value = 0; return fn() { value = value + step; return value; }; };
  let c = counter(3); let d = counter(10);
  let i = 0;
  while i < 300 { c(); if i % 2 == 0 or i % 5 == 0 { d(); } i = i + 1; }
  print c(); print d();
  let pair = fn(a, b) { let p = []; p.first = a; p.second = b; return p; };
  let list = nil; i = 0;
  while i < 200 { list = pair(i, list); i = i + 1; }
  let sum = 0;
  while list != nil { sum = sum + list.first * 2 - 1; list = list.second; }
  print sum;
  let compose = fn(f, g) { return fn(x) { return f(g(x)); }; };
  let inc = fn(x) { return x + 1; };
  let f = inc; i = 0;
  while i < 10 { f = compose(f, inc); i = i + 1; }
  print f(0); ]],
  [[ # Text, and an arithmetic mixture with folding.
  let repeat = fn(s, n) { let out = ""; while n > 0 { out = out + s; n = n - 1; } return out; };
  print repeat("ab", 5 * 2 - 4);
  let collatz = fn(n) {
    let steps = 0;
    while n != 1 { if n % 2 == 0 { n = n / 2; } else { n = n * 3 + 1; } steps = steps + 1; }
    return steps;
  };
  let best = 0; let i = 1;
  while i < 120 { let s = collatz(i); if s > best { best = s; } else if s == -1 { print "never"; } i = i + 1; }
  print best; print not (best > 3 and best < 5) ; print -best + 2 * 3 * 4; ]],
}

local function run_all(source)
  local tree = parse(source)
  output = {}
  run_block(tree.body, {})
  local walked = table.concat(output, ",")
  output = {}
  closures(tree.body)({})
  local closed = table.concat(output, ",")
  output = {}
  local code = {}
  gen_all(tree.body, code)
  put(code, PUSH, NIL, RETURN)
  machine(code)
  local stacked = table.concat(output, ",")
  assert(walked == closed and walked == stacked, walked .. "\n" .. closed .. "\n" .. stacked)
  return walked, #code
end

for _, broken in ipairs { "let = 1;", "print (1;", "x = 2;", "print \"a;", "let a = $;" } do
  assert(not pcall(parse, broken))
end
local sizes = 0
for round = 1, N do
  for i, source in ipairs(programs) do
    local text, size = run_all(source)
    sizes = sizes + size
    if round == 1 then print("program", i, text) end
  end
end
print("little_language", N, sizes)
