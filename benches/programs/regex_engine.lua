-- [program] A regular-expression engine: parser, Thompson automaton, subset construction on demand, minimisation; compared with backtracking over the same trees.
-- N: rounds (default 85, small 1)
local N = tonumber((...)) or 85

local byte = string.byte

---------------------------------------------------------------------------
-- Parser: alternation, concatenation, * + ?, {m,n}, classes, dot, groups.

local Reader = {}
Reader.__index = Reader
function Reader:peek() return self.text:sub(self.at, self.at) end
function Reader:next()
  local c = self:peek()
  self.at = self.at + 1
  return c
end
function Reader:accept(c)
  if self:peek() == c then
    self.at = self.at + 1
    return true
  end
  return false
end
function Reader:fail(what) error("at " .. self.at .. ": " .. what, 0) end

local function set_of(negated, ranges)
  local set = {}
  for _, r in ipairs(ranges) do
    for b = r[1], r[2] do set[b] = true end
  end
  if negated then
    local other = {}
    for b = 0, 255 do
      if not set[b] then other[b] = true end
    end
    return other
  end
  return set
end

local named = {
  d = { { 48, 57 } }, w = { { 48, 57 }, { 65, 90 }, { 95, 95 }, { 97, 122 } }, s = { { 9, 13 }, { 32, 32 } },
}

function Reader:alternation()
  local left = self:sequence()
  while self:accept("|") do left = { kind = "either", left, self:sequence() } end
  return left
end
function Reader:sequence()
  local node
  while self.at <= #self.text and self:peek() ~= "|" and self:peek() ~= ")" do
    local part = self:repeated()
    node = node and { kind = "both", node, part } or part
  end
  return node or { kind = "empty" }
end
function Reader:repeated()
  local node = self:atom()
  while true do
    if self:accept("*") then
      node = { kind = "star", node }
    elseif self:accept("+") then
      node = { kind = "both", node, { kind = "star", node } }
    elseif self:accept("?") then
      node = { kind = "either", node, { kind = "empty" } }
    elseif self:accept("{") then
      node = self:counted(node)
    else
      return node
    end
  end
end
function Reader:number()
  local digits = self.text:match("^%d+", self.at) or self:fail("number expected")
  self.at = self.at + #digits
  return tonumber(digits)
end
function Reader:counted(node)
  local low = self:number()
  local high = low
  if self:accept(",") then high = self:number() end
  if not self:accept("}") then self:fail("} expected") end
  local out = { kind = "empty" }
  for k = high, 1, -1 do
    local more = { kind = "both", node, out }
    out = k > low and { kind = "either", more, { kind = "empty" } } or more
  end
  return out
end
function Reader:class()
  local negated, ranges = self:accept("^"), {}
  repeat
    local c = self:next()
    if c == "" then self:fail("] expected") end
    if c == "\\" then
      c = self:next()
      for _, r in ipairs(named[c] or { { byte(c), byte(c) } }) do ranges[#ranges + 1] = r end
    elseif self:peek() == "-" and self.text:sub(self.at + 1, self.at + 1) ~= "]" then
      self:next()
      ranges[#ranges + 1] = { byte(c), byte(self:next()) }
    else
      ranges[#ranges + 1] = { byte(c), byte(c) }
    end
  until self:accept("]")
  return { kind = "set", set = set_of(negated, ranges) }
end
function Reader:atom()
  local c = self:next()
  if c == "(" then
    local node = self:alternation()
    if not self:accept(")") then self:fail(") expected") end
    return node
  elseif c == "[" then
    return self:class()
  elseif c == "." then
    return { kind = "set", set = set_of(true, { { 10, 10 } }) }
  elseif c == "\\" then
    c = self:next()
    return { kind = "set", set = set_of(false, named[c] or { { byte(c), byte(c) } }) }
  elseif c == "" or c == "*" or c == "+" or c == "?" or c == "{" then
    self:fail("nothing to repeat")
  end
  return { kind = "set", set = set_of(false, { { byte(c), byte(c) } }) }
end

local function parse(text)
  local reader = setmetatable({ text = text, at = 1 }, Reader)
  local tree = reader:alternation()
  if reader.at <= #text then reader:fail("unexpected )") end
  return tree
end

---------------------------------------------------------------------------
-- Thompson's automaton. A state has a set and one way on, or up to two free ways.

local function build(tree)
  local states = {}
  local function state(set)
    local s = { id = #states + 1, set = set }
    states[s.id] = s
    return s
  end
  -- build(node, out) gives the state from which node is matched before going on to out.
  local function walk(node, out)
    local kind = node.kind
    if kind == "empty" then return out end
    if kind == "set" then
      local s = state(node.set)
      s.to = out
      return s
    elseif kind == "both" then
      return walk(node[1], walk(node[2], out))
    elseif kind == "either" then
      local s = state()
      s.a, s.b = walk(node[1], out), walk(node[2], out)
      return s
    end
    local s = state()
    s.b = out
    s.a = walk(node[1], s)
    return s
  end
  local accept = state()
  accept.accept = true
  return walk(tree, accept), states
end

---------------------------------------------------------------------------
-- The deterministic automaton, made state by state as the text asks for it.

local Machine = {}
Machine.__index = Machine
local function close(list)
  local seen, stack, out = {}, {}, {}
  for i = #list, 1, -1 do stack[#stack + 1] = list[i] end
  while #stack > 0 do
    local s = table.remove(stack)
    if not seen[s] then
      seen[s] = true
      out[#out + 1] = s
      if s.b then stack[#stack + 1] = s.b end
      if s.a then stack[#stack + 1] = s.a end
    end
  end
  return out
end
function Machine:state_for(list)
  local closed = close(list)
  local ids, accepts, kept = {}, false, {}
  for _, s in ipairs(closed) do
    if s.accept then accepts = true end
    if s.set or s.accept then
      ids[#ids + 1] = s.id
      kept[#kept + 1] = s
    end
  end
  table.sort(ids)
  local key = table.concat(ids, ",")
  local d = self.states[key]
  if not d then
    self.count = self.count + 1
    d = { id = self.count, members = kept, accept = accepts, dead = #kept == 0 }
    self.states[key] = d
    self.list[self.count] = d
  end
  return d
end
function Machine:step(d, b)
  local targets = {}
  for _, s in ipairs(d.members) do
    if s.set and s.set[b] then targets[#targets + 1] = s.to end
  end
  local to = self:state_for(targets)
  d[b] = to
  return to
end
local function compile(pattern)
  local tree = parse(pattern)
  local start, states = build(tree)
  local m = setmetatable({ states = {}, list = {}, count = 0, tree = tree, size = #states }, Machine)
  m.start = m:state_for { start }
  return m
end
function Machine:matches(text)
  local d = self.start
  for i = 1, #text do
    local b = byte(text, i)
    d = d[b] or self:step(d, b)
    if d.dead then return false end
  end
  return d.accept
end
-- The longest match at or after a place.
function Machine:find(text, from)
  for i = from, #text do
    local d, last = self.start, nil
    if d.accept then last = i - 1 end
    for k = i, #text do
      local b = byte(text, k)
      d = d[b] or self:step(d, b)
      if d.dead then break end
      if d.accept then last = k end
    end
    if last then return i, last end
  end
end

-- All states over a small alphabet, then groups of them split until no more split.
function Machine:minimise(alphabet)
  local at = 1
  while at <= self.count do
    local d = self.list[at]
    for _, b in ipairs(alphabet) do
      if not d[b] then self:step(d, b) end
    end
    at = at + 1
  end
  local group, groups = {}, 0
  for i = 1, self.count do group[self.list[i]] = self.list[i].accept and 2 or 1 end
  while true do
    local keys, following, n = {}, {}, 0
    for i = 1, self.count do
      local d = self.list[i]
      local parts = { group[d] }
      for k, b in ipairs(alphabet) do parts[k + 1] = group[d[b]] end
      local key = table.concat(parts, ".")
      if not keys[key] then
        n = n + 1
        keys[key] = n
      end
      following[d] = keys[key]
    end
    group = following
    if n == groups then return n end
    groups = n
  end
end

---------------------------------------------------------------------------
-- The same trees by backtracking with continuations: whole matches only.

local function backtrack(node, text, at, go_on)
  local kind = node.kind
  if kind == "empty" then return go_on(at) end
  if kind == "set" then
    local b = byte(text, at)
    return b ~= nil and node.set[b] == true and go_on(at + 1)
  elseif kind == "both" then
    return backtrack(node[1], text, at, function(i) return backtrack(node[2], text, i, go_on) end)
  elseif kind == "either" then
    return backtrack(node[1], text, at, go_on) or backtrack(node[2], text, at, go_on)
  end
  local function again(i)
    if backtrack(node[1], text, i, function(j) return j > i and again(j) end) then return true end
    return go_on(i)
  end
  return again(at)
end

---------------------------------------------------------------------------
-- Work.

local seed = 8128
local function random(n)
  seed = seed * 16807 % 2147483647
  return seed % n
end

local patterns = {
  "a*b(c|d)+", "(ab|a)(bc|c)?", "[a-c]+x?[^a-c]", "(a|b)*abb", "((a|b)(c|d)){2,4}", "a{3}b{0,2}c?", ".*cab.*",
  "(a?b){1,3}(c+|d)*", "\\w+", "[abc]*d[abc]d", "(aa|bb|cc)*", "x|(a(b(c(d)?)?)?)",
}
for _, bad in ipairs { "(", "a)", "*a", "[ab", "a{x}", "a{2", "a|+" } do
  assert(not pcall(parse, bad))
end

local alphabet = { 97, 98, 99, 100, 120 }
local function short_text()
  local n = random(9)
  local out = {}
  for i = 1, n do out[i] = string.char(alphabet[random(#alphabet) + 1]) end
  return table.concat(out)
end

local log = {}
for i = 1, 120 do
  log[i] = string.format("10.%d.%d.%d - user%d [2024-%02d-%02d] GET /page/%d.html %d mail%d@host%d.example",
    random(256), random(256), random(256), random(50), random(12) + 1, random(28) + 1, random(1000), 200 + random(5) * 100,
    random(90), random(30))
end
log = table.concat(log, "\n")
local finders = { "\\d+\\.\\d+\\.\\d+\\.\\d+", "\\w+@\\w+(\\.\\w+)+", "\\d{4}-\\d{2}-\\d{2}", "GET [^ ]*[02468]\\.html", "(200|404) " }

local agreed, positive, checksum, built = 0, 0, 0, 0
for round = 1, N do
  for _, pattern in ipairs(patterns) do
    local m = compile(pattern)
    for _ = 1, 12 do
      local text = short_text()
      local a = m:matches(text)
      local n = #text
      local b = backtrack(m.tree, text, 1, function(i) return i == n + 1 end)
      assert(a == b, pattern .. " on " .. text)
      agreed = agreed + 1
      if a then positive = positive + 1 end
    end
    if round % 4 == 1 then checksum = (checksum * 31 + m:minimise(alphabet) * m.count) % 1000003 end
    built = built + m.count
  end
  for _, pattern in ipairs(finders) do
    local m = compile(pattern)
    local at = 1
    while true do
      local s, e = m:find(log, at)
      if not s then break end
      checksum = (checksum * 7 + s + e * 3) % 1000003
      at = e + 1
    end
    built = built + m.count
  end
end
print("regex_engine", N, agreed, positive, checksum, built)
for _, pattern in ipairs(patterns) do
  local m = compile(pattern)
  print(pattern, m.size, m:minimise(alphabet))
end
