-- [program] A JSON reader and writer: documents are generated, written compact and indented, read back, compared, queried and patched; bad input is refused.
-- N: rounds (default 110, small 1)
-- lua: 5.3-5.5
local N = tonumber((...)) or 110

local byte, sub, find, char, format, concat = string.byte, string.sub, string.find, string.char, string.format, table.concat

-- Values with no Lua counterpart of their own.
local null = setmetatable({}, { __tostring = function() return "null" end })
local List = {}
List.__index = List
local function list(items) return setmetatable(items or {}, List) end
local function is_list(v) return getmetatable(v) == List end

---------------------------------------------------------------------------
-- Reader: one function per kind of value, chosen by the first byte.

local readers = {}
local JsonError = {}
JsonError.__index = JsonError
JsonError.__tostring = function(e) return format("%s at byte %d", e.what, e.at) end

local function fail(what, at)
  error(setmetatable({ what = what, at = at }, JsonError), 0)
end

local function skip(text, at)
  return find(text, "[^ \t\r\n]", at) or #text + 1
end

local function read_value(text, at, depth)
  at = skip(text, at)
  local reader = readers[byte(text, at)]
  if not reader then fail(at > #text and "unexpected end" or "unexpected character", at) end
  return reader(text, at, depth)
end

local escapes = {
  [34] = "\"", [92] = "\\", [47] = "/", [98] = "\b", [102] = "\f", [110] = "\n", [114] = "\r", [116] = "\t",
}

local function utf8_bytes(code)
  if code < 0x80 then return char(code) end
  if code < 0x800 then return char(0xc0 + code // 64, 0x80 + code % 64) end
  if code < 0x10000 then return char(0xe0 + code // 4096, 0x80 + code // 64 % 64, 0x80 + code % 64) end
  return char(0xf0 + code // 262144, 0x80 + code // 4096 % 64, 0x80 + code // 64 % 64, 0x80 + code % 64)
end

local function read_hex(text, at)
  local digits = sub(text, at, at + 3)
  if not find(digits, "^%x%x%x%x$") then fail("bad \\u escape", at) end
  return tonumber(digits, 16)
end

local function read_string(text, at)
  local from = at + 1
  local stop = find(text, "[\"\\%c]", from)
  if not stop then fail("unclosed string", at) end
  if byte(text, stop) == 34 then return sub(text, from, stop - 1), stop + 1 end
  local parts, n = {}, 0
  while true do
    n = n + 1
    parts[n] = sub(text, from, stop - 1)
    local c = byte(text, stop)
    if c == 34 then return concat(parts), stop + 1 end
    if c ~= 92 then fail("control character in string", stop) end
    local e = byte(text, stop + 1)
    if e == 117 then
      local code = read_hex(text, stop + 2)
      from = stop + 6
      if code >= 0xd800 and code < 0xdc00 and sub(text, from, from + 1) == "\\u" then
        local low = read_hex(text, from + 2)
        if low < 0xdc00 or low > 0xdfff then fail("lone surrogate", from) end
        code = 0x10000 + (code - 0xd800) * 1024 + (low - 0xdc00)
        from = from + 6
      end
      n = n + 1
      parts[n] = utf8_bytes(code)
    else
      local plain = escapes[e]
      if not plain then fail("bad escape", stop) end
      n = n + 1
      parts[n] = plain
      from = stop + 2
    end
    stop = find(text, "[\"\\%c]", from)
    if not stop then fail("unclosed string", at) end
  end
end
readers[34] = read_string

local function read_number(text, at)
  local _, stop = find(text, "^-?%d+", at)
  if not stop then fail("bad number", at) end
  local integer = true
  local _, fraction = find(text, "^%.%d+", stop + 1)
  if fraction then stop, integer = fraction, false end
  local _, exponent = find(text, "^[eE][-+]?%d+", stop + 1)
  if exponent then stop, integer = exponent, false end
  local digits = sub(text, at, stop)
  if find(digits, "^-?0%d") then fail("leading zero", at) end
  local v = tonumber(digits)
  if not integer then v = v + 0.0 end
  return v, stop + 1
end
for c = 48, 57 do readers[c] = read_number end
readers[45] = read_number

local function word_reader(word, value)
  return function(text, at)
    if sub(text, at, at + #word - 1) ~= word then fail("unknown word", at) end
    return value, at + #word
  end
end
readers[116] = word_reader("true", true)
readers[102] = word_reader("false", false)
readers[110] = word_reader("null", null)

readers[91] = function(text, at, depth)
  if depth > 200 then fail("nested too deeply", at) end
  local out, n = list(), 0
  at = skip(text, at + 1)
  if byte(text, at) == 93 then return out, at + 1 end
  while true do
    n = n + 1
    out[n], at = read_value(text, at, depth + 1)
    at = skip(text, at)
    local c = byte(text, at)
    if c == 93 then return out, at + 1 end
    if c ~= 44 then fail("expected , or ]", at) end
    at = at + 1
  end
end

readers[123] = function(text, at, depth)
  if depth > 200 then fail("nested too deeply", at) end
  local out = {}
  at = skip(text, at + 1)
  if byte(text, at) == 125 then return out, at + 1 end
  while true do
    at = skip(text, at)
    if byte(text, at) ~= 34 then fail("expected a key", at) end
    local key
    key, at = read_string(text, at)
    at = skip(text, at)
    if byte(text, at) ~= 58 then fail("expected :", at) end
    out[key], at = read_value(text, at + 1, depth + 1)
    at = skip(text, at)
    local c = byte(text, at)
    if c == 125 then return out, at + 1 end
    if c ~= 44 then fail("expected , or }", at) end
    at = at + 1
  end
end

local function parse(text)
  local value, at = read_value(text, 1, 1)
  at = skip(text, at)
  if at <= #text then fail("text after the value", at) end
  return value
end

---------------------------------------------------------------------------
-- Writer: an object that gathers pieces; keys come out sorted.

local Writer = {}
Writer.__index = Writer
local function writer(indent)
  return setmetatable({ parts = {}, n = 0, indent = indent, depth = 0 }, Writer)
end

local short = { ["\""] = "\\\"", ["\\"] = "\\\\", ["\n"] = "\\n", ["\t"] = "\\t", ["\r"] = "\\r" }
local function escape(c) return short[c] or format("\\u%04x", byte(c)) end
local function quote(s)
  if find(s, "[%c\"\\]") then s = s:gsub("[%c\"\\]", escape) end
  return "\"" .. s .. "\""
end

function Writer:put(s)
  local n = self.n + 1
  self.parts[n] = s
  self.n = n
end
function Writer:newline()
  if self.indent then self:put("\n" .. self.indent:rep(self.depth)) end
end

function Writer:list(v)
  if #v == 0 then return self:put("[]") end
  self:put("[")
  self.depth = self.depth + 1
  for i = 1, #v do
    if i > 1 then self:put(",") end
    self:newline()
    self:value(v[i])
  end
  self.depth = self.depth - 1
  self:newline()
  self:put("]")
end

function Writer:object(v)
  local keys = {}
  for k in pairs(v) do keys[#keys + 1] = k end
  if #keys == 0 then return self:put("{}") end
  table.sort(keys)
  self:put("{")
  self.depth = self.depth + 1
  for i = 1, #keys do
    if i > 1 then self:put(",") end
    self:newline()
    self:put(quote(keys[i]))
    self:put(self.indent and ": " or ":")
    self:value(v[keys[i]])
  end
  self.depth = self.depth - 1
  self:newline()
  self:put("}")
end

function Writer:value(v)
  local kind = type(v)
  if kind == "string" then
    self:put(quote(v))
  elseif kind == "number" then
    if math.type(v) == "integer" then
      self:put(format("%d", v))
    else
      local s = format("%.14g", v)
      self:put(find(s, "[.e]") and s or s .. ".0")
    end
  elseif kind == "boolean" then
    self:put(v and "true" or "false")
  elseif v == null then
    self:put("null")
  elseif is_list(v) then
    self:list(v)
  elseif kind == "table" then
    self:object(v)
  else
    error("cannot write a " .. kind)
  end
end

local function write(v, indent)
  local w = writer(indent)
  w:value(v)
  return concat(w.parts)
end

---------------------------------------------------------------------------
-- Tools over documents.

local function equal(a, b)
  if a == b then return true end
  if type(a) ~= "table" or type(b) ~= "table" or is_list(a) ~= is_list(b) then return false end
  for k, v in pairs(a) do
    if not equal(v, b[k]) then return false end
  end
  for k in pairs(b) do
    if a[k] == nil then return false end
  end
  return true
end

-- Paths such as "users.*.address.city" or "users.3.tags".
local function select_path(root, path)
  local found = { root }
  for step in path:gmatch("[^.]+") do
    local following = {}
    for _, node in ipairs(found) do
      if type(node) == "table" and node ~= null then
        if step == "*" then
          if is_list(node) then
            for i = 1, #node do following[#following + 1] = node[i] end
          end
        else
          local v = node[is_list(node) and tonumber(step) or step]
          if v ~= nil then following[#following + 1] = v end
        end
      end
    end
    found = following
  end
  return found
end

local function merge_patch(target, patch)
  if type(patch) ~= "table" or is_list(patch) or patch == null then return patch end
  local out = {}
  if type(target) == "table" and not is_list(target) then
    for k, v in pairs(target) do out[k] = v end
  end
  for k, v in pairs(patch) do
    if v == null then out[k] = nil else out[k] = merge_patch(out[k], v) end
  end
  return out
end

---------------------------------------------------------------------------
-- Documents.

local seed = 2718
local function random(n)
  seed = seed * 16807 % 2147483647
  return seed % n
end

local cities = { "Uppsala", "São Paulo", "Kyōto", "Zürich", "Łódź", "Nairobi" }
local tags = { "new", "paid", "late", "\"quoted\"", "tab\there", "back\\slash", "line\nbreak" }

local function user(i)
  local chosen = list()
  for k = 1, random(5) do chosen[k] = tags[random(#tags) + 1] end
  return {
    id = i,
    name = "User " .. random(10000),
    active = random(3) > 0,
    score = random(100000) / 64,
    balance = random(2) == 0 and -random(1000) or null,
    address = { city = cities[random(#cities) + 1], street = random(200) .. " Main St.", zip = format("%05d", random(99999)) },
    tags = chosen,
    matrix = list { list { i, i + 1 }, list { i / 2, -i }, list() },
    extra = {},
  }
end

local function document(users)
  local all = list()
  for i = 1, users do all[i] = user(i) end
  local deep = "bottom"
  for i = 1, 30 do
    if i % 2 == 0 then deep = list { deep, i } else deep = { level = i, inner = deep } end
  end
  return { users = all, deep = deep, version = "1.0", count = users, empty = list(), none = null }
end

local bad = {
  "", "{", "[1,2", "[1 2]", "{\"a\" 1}", "{a:1}", "\"open", "tru", "01", "-", "[1,]", "{\"a\":1,}",
  "\"\\x\"", "\"\\u12g4\"", "\"\\ud800\\u0041\"", "1 2", "nul", "\"a\nb\"", ("["):rep(300),
}
local refused = 0
for _, text in ipairs(bad) do
  local ok, e = pcall(parse, text)
  assert(not ok and getmetatable(e) == JsonError, text)
  refused = refused + #tostring(e)
end
assert(parse("\"\\u00e9\\ud83d\\ude00\\n\"") == "é😀\n")
assert(write(parse(" [ 1 , -2.5e3 , true , null , { } , [ ] , \"x\" ] ")) == "[1,-2500.0,true,null,{},[],\"x\"]")

local bytes, hash, hits = 0, 0, 0
for round = 1, N do
  local doc = document(40 + round % 10)
  local compact, pretty = write(doc), write(doc, "  ")
  local a, b = parse(compact), parse(pretty)
  assert(equal(a, doc) and equal(a, b) and write(b) == compact)
  bytes = bytes + #compact + #pretty
  for i = 1, #compact, 97 do hash = (hash * 31 + byte(compact, i)) % 1000003 end
  for _, city in ipairs(select_path(a, "users.*.address.city")) do hits = hits + #city end
  hits = hits + #select_path(a, "users.*.tags.*") + #select_path(a, "users.3.name")
  local patched = merge_patch(a, { users = null, deep = { inner = { 1 } }, version = "2", count = { x = 1 } })
  assert(patched.users == nil and patched.version == "2" and not equal(patched, a))
end
print("json", N, bytes, hash, hits, refused)
