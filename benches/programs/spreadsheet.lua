-- [program] A spreadsheet: formulas parsed to trees, a dependency graph kept while cells change, recalculation in order of need, cycles found, ranges, undo, text output.
-- N: rounds of edits (default 200, small 1)
local N = tonumber((...)) or 200

---------------------------------------------------------------------------
-- Cell names: "B12" <-> column 2, row 12.

local names_of, places_of = {}, {}
local function name_of(column, row)
  local key = column * 1000 + row
  local name = names_of[key]
  if not name then
    local letters, c = "", column
    while c > 0 do
      letters = string.char(65 + (c - 1) % 26) .. letters
      c = math.floor((c - 1) / 26)
    end
    name = letters .. row
    names_of[key] = name
  end
  return name
end
local function place_of(name)
  local place = places_of[name]
  if not place then
    local letters, row = name:match("^(%u+)(%d+)$")
    local column = 0
    for c in letters:gmatch("%u") do column = column * 26 + c:byte() - 64 end
    place = { column, tonumber(row) }
    places_of[name] = place
  end
  return place[1], place[2]
end

---------------------------------------------------------------------------
-- Formulas: =A1*2+SUM(B1:B9) and the like, read by recursive descent.

local function tokenize(text)
  local tokens, at = {}, 1
  while at <= #text do
    local s, e, kind = text:find("^%s+", at), nil, nil
    if s then
      at = select(2, text:find("^%s+", at)) + 1
    else
      s, e = text:find("^%d+%.?%d*", at)
      if s then kind = "number" end
      if not s then
        s, e = text:find("^%u+%d+", at)
        if s then kind = "cell" end
      end
      if not s then
        s, e = text:find("^%u+", at)
        if s then kind = "word" end
      end
      if not s then
        s, e = text:find("^[<>=]=", at)
        if not s then s, e = text:find("^[-+*/^(),:<>&]", at) end
        if s then kind = text:sub(s, e) end
      end
      if not s then
        s, e = text:find("^\"[^\"]*\"", at)
        if s then kind = "text" end
      end
      if not s then error("#PARSE", 0) end
      tokens[#tokens + 1] = { kind = kind, text = text:sub(s, e) }
      at = e + 1
    end
  end
  tokens[#tokens + 1] = { kind = "end" }
  return tokens
end

local Formula = {}
Formula.__index = Formula
function Formula:kind() return self.tokens[self.at].kind end
function Formula:take(kind)
  local t = self.tokens[self.at]
  if t.kind ~= kind then return nil end
  self.at = self.at + 1
  return t
end
function Formula:need(kind)
  return self:take(kind) or error("#PARSE", 0)
end
local binary_levels = { { "<", ">", "<=", ">=", "==" }, { "&" }, { "+", "-" }, { "*", "/" } }
function Formula:level(k)
  if k > #binary_levels then return self:power() end
  local left = self:level(k + 1)
  while true do
    local op
    for _, candidate in ipairs(binary_levels[k]) do
      if self:take(candidate) then
        op = candidate
        break
      end
    end
    if not op then return left end
    left = { op = op, left, self:level(k + 1) }
  end
end
function Formula:power()
  local base = self:factor()
  if self:take("^") then return { op = "^", base, self:power() } end
  return base
end
function Formula:factor()
  if self:take("-") then return { op = "negate", self:factor() } end
  local t = self:take("number")
  if t then return { op = "constant", value = tonumber(t.text) + 0.0 } end
  t = self:take("text")
  if t then return { op = "constant", value = t.text:sub(2, -2) } end
  t = self:take("cell")
  if t then
    self.needs[t.text] = true
    if self:take(":") then return self:range(t.text, self:need("cell").text) end
    return { op = "cell", name = t.text }
  end
  t = self:take("word")
  if t then
    self:need("(")
    local node = { op = "call", name = t.text }
    if not self:take(")") then
      repeat node[#node + 1] = self:level(1) until not self:take(",")
      self:need(")")
    end
    return node
  end
  self:need("(")
  local inner = self:level(1)
  self:need(")")
  return inner
end
function Formula:range(from, to)
  local c1, r1 = place_of(from)
  local c2, r2 = place_of(to)
  local node = { op = "range" }
  for c = c1, c2 do
    for r = r1, r2 do
      local name = name_of(c, r)
      self.needs[name] = true
      node[#node + 1] = name
    end
  end
  return node
end
local function parse_formula(text)
  local f = setmetatable({ tokens = tokenize(text), at = 1, needs = {} }, Formula)
  local tree = f:level(1)
  f:need("end")
  return tree, f.needs
end

---------------------------------------------------------------------------
-- Evaluation. Errors are strings that begin with #, thrown and kept as values.

local Sheet = {}
Sheet.__index = Sheet

local function number(v)
  if v == nil then return 0.0 end
  if type(v) == "string" then
    if v:sub(1, 1) == "#" then error(v, 0) end
    error("#TYPE", 0)
  end
  return v
end

local operators = {
  ["+"] = function(a, b) return a + b end,
  ["-"] = function(a, b) return a - b end,
  ["*"] = function(a, b) return a * b end,
  ["/"] = function(a, b)
    if b == 0 then error("#DIV", 0) end
    return a / b
  end,
  ["^"] = function(a, b) return a ^ b end,
  ["<"] = function(a, b) return a < b and 1.0 or 0.0 end,
  [">"] = function(a, b) return a > b and 1.0 or 0.0 end,
  ["<="] = function(a, b) return a <= b and 1.0 or 0.0 end,
  [">="] = function(a, b) return a >= b and 1.0 or 0.0 end,
  ["=="] = function(a, b) return a == b and 1.0 or 0.0 end,
}

local functions = {}
function functions.SUM(values)
  local s = 0.0
  for i = 1, #values do s = s + values[i] end
  return s
end
function functions.AVG(values)
  if #values == 0 then error("#DIV", 0) end
  return functions.SUM(values) / #values
end
function functions.MAX(values)
  local m = values[1] or 0.0
  for i = 2, #values do if values[i] > m then m = values[i] end end
  return m
end
function functions.MIN(values)
  local m = values[1] or 0.0
  for i = 2, #values do if values[i] < m then m = values[i] end end
  return m
end
function functions.COUNT(values) return #values + 0.0 end
function functions.ROUND(values) return math.floor(values[1] * 100 + 0.5) / 100 end

function Sheet:evaluate(node)
  local op = node.op
  if op == "constant" then return node.value end
  if op == "cell" then
    local cell = self.cells[node.name]
    return cell and cell.value
  end
  if op == "negate" then return -number(self:evaluate(node[1])) end
  if op == "&" then
    local a, b = self:evaluate(node[1]), self:evaluate(node[2])
    if type(a) == "number" then a = string.format("%g", a) end
    if type(b) == "number" then b = string.format("%g", b) end
    return (a or "") .. (b or "")
  end
  if op == "call" then
    if node.name == "IF" then
      if number(self:evaluate(node[1])) ~= 0 then return self:evaluate(node[2]) end
      return self:evaluate(node[3])
    end
    local f = functions[node.name] or error("#NAME", 0)
    local values = {}
    for i = 1, #node do
      local argument = node[i]
      if argument.op == "range" then
        for k = 1, #argument do
          local cell = self.cells[argument[k]]
          local v = cell and cell.value
          if type(v) == "number" then
            values[#values + 1] = v
          elseif v and v:sub(1, 1) == "#" then
            error(v, 0)
          end
        end
      else
        values[#values + 1] = number(self:evaluate(argument))
      end
    end
    return f(values)
  end
  local operator = operators[op] or error("#RANGE", 0)
  return operator(number(self:evaluate(node[1])), number(self:evaluate(node[2])))
end

---------------------------------------------------------------------------
-- The sheet. needs: cells a formula reads; users: cells that read this one.

local function new_sheet()
  return setmetatable({ cells = {}, history = {}, evaluations = 0, cycles = 0 }, Sheet)
end
function Sheet:cell(name)
  local cell = self.cells[name]
  if not cell then
    cell = { name = name, users = {}, needs = {} }
    self.cells[name] = cell
  end
  return cell
end

-- The cells that depend on this one, each after all it needs (by depth-first search).
function Sheet:order_from(start)
  local order, state, cyclic = {}, {}, false
  local function visit(cell)
    state[cell] = "open"
    -- Users are visited in the order of their names, so that runs agree.
    local users = {}
    for user in pairs(cell.users) do users[#users + 1] = user end
    table.sort(users, function(a, b) return a.name < b.name end)
    for i = 1, #users do
      local s = state[users[i]]
      if s == "open" then cyclic = true elseif not s then visit(users[i]) end
    end
    state[cell] = "done"
    order[#order + 1] = cell
  end
  visit(start)
  return order, cyclic
end

function Sheet:recalculate(start)
  local order, cyclic = self:order_from(start)
  if cyclic then self.cycles = self.cycles + 1 end
  for i = #order, 1, -1 do
    local cell = order[i]
    if cyclic then
      if cell.formula then cell.value = "#CYCLE" end
    elseif cell.formula then
      self.evaluations = self.evaluations + 1
      local ok, value = pcall(self.evaluate, self, cell.formula)
      cell.value = value
      if not ok then assert(value:sub(1, 1) == "#", value) end
    end
  end
end

function Sheet:put(name, text)
  local cell = self:cell(name)
  for needed in pairs(cell.needs) do self.cells[needed].users[cell] = nil end
  cell.needs, cell.formula, cell.source = {}, nil, text
  if text == nil or text == "" then
    cell.value = nil
  elseif text:sub(1, 1) == "=" then
    local ok, tree, needs = pcall(parse_formula, text:sub(2))
    if ok then
      cell.formula, cell.needs = tree, needs
      for needed in pairs(needs) do self:cell(needed).users[cell] = true end
    else
      cell.value = tree
    end
  else
    local v = tonumber(text)
    cell.value = v and v + 0.0 or text
  end
  self:recalculate(cell)
end
function Sheet:edit(name, text)
  local old = self.cells[name] and self.cells[name].source
  self.history[#self.history + 1] = { name, old }
  self:put(name, text)
end
function Sheet:undo()
  local entry = table.remove(self.history)
  if not entry then return false end
  self:put(entry[1], entry[2])
  return true
end

local function show(v)
  if v == nil then return "" end
  if type(v) == "number" then return string.format("%.14g", v) end
  return v
end
function Sheet:render(columns, rows)
  local widths, lines = {}, {}
  for c = 1, columns do
    widths[c] = 1
    for r = 1, rows do
      local cell = self.cells[name_of(c, r)]
      if cell then widths[c] = math.max(widths[c], #show(cell.value)) end
    end
  end
  for r = 1, rows do
    local parts = {}
    for c = 1, columns do
      local cell = self.cells[name_of(c, r)]
      local text = cell and show(cell.value) or ""
      parts[c] = (" "):rep(widths[c] - #text) .. text
    end
    lines[r] = table.concat(parts, " | ")
  end
  return table.concat(lines, "\n")
end
function Sheet:hash()
  local names, h = {}, 0
  for name in pairs(self.cells) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    local text = show(self.cells[name].value)
    for i = 1, #text do h = (h * 31 + text:byte(i)) % 1000003 end
    h = (h * 7 + #name) % 1000003
  end
  return h
end

---------------------------------------------------------------------------
-- Work.

local seed = 1729
local function random(n)
  seed = seed * 16807 % 2147483647
  return seed % n
end

-- Columns: item, quantity, price, cost, running total, grade.
local function ledger(rows)
  local s = new_sheet()
  for r = 1, rows do
    s:put("A" .. r, "item" .. r)
    s:put("B" .. r, tostring(1 + random(20)))
    s:put("C" .. r, tostring(random(400) / 4))
    s:put("D" .. r, "=B" .. r .. "*C" .. r)
    s:put("E" .. r, r == 1 and "=D1" or "=E" .. (r - 1) .. "+D" .. r)
    s:put("F" .. r, "=IF(D" .. r .. ">500,\"high\",\"low\")&\"/\"&A" .. r)
  end
  s:put("H1", "=SUM(D1:D" .. rows .. ")")
  s:put("H2", "=AVG(D1:D" .. rows .. ")")
  s:put("H3", "=MAX(B1:C" .. rows .. ")-MIN(B1:C" .. rows .. ")")
  s:put("H4", "=H1/COUNT(B1:B" .. rows .. ")-H2")
  s:put("H5", "=ROUND((H1-2^3)*-0.5/(1+H3))")
  return s
end

local s = ledger(30)
assert(s.cells.E30.value == s.cells.H1.value and s.cells.H4.value == 0)
local broken = new_sheet()
broken:put("A1", "=B1+1")
broken:put("B1", "=C1*2")
broken:put("C1", "=A1")
assert(broken.cells.A1.value == "#CYCLE")
broken:put("C1", "=1/0")
assert(broken.cells.A1.value == "#DIV")
broken:put("C1", "=NOPE(1)")
assert(broken.cells.B1.value == "#NAME")
broken:put("C1", "=(1")
assert(broken.cells.B1.value == "#PARSE")
broken:put("C1", "4")
assert(broken.cells.A1.value == 9)

local total = 0
for _ = 1, N do
  local before = s:hash()
  for k = 1, 25 do
    local r = random(30) + 1
    local kind = random(8)
    if kind < 5 then
      s:edit((kind < 3 and "B" or "C") .. r, tostring(random(200) / 8))
    elseif kind == 5 then
      s:edit("D" .. r, "=B" .. r .. "*C" .. r .. "*(1-" .. k .. "/100)")
    elseif kind == 6 then
      s:edit("C" .. r, r > 1 and "=C" .. (r - 1) .. "+1" or "10")
    else
      s:edit("B" .. r, "=H" .. (1 + random(2)))
      total = total + #show(s.cells.H1.value)
      s:undo()
    end
  end
  total = (total * 31 + s:hash()) % 1000003
  while s:undo() do end
  assert(s:hash() == before)
end
print("spreadsheet", N, total, s.evaluations, s.cycles)
print(s:render(8, 8))
