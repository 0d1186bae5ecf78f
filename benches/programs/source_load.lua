-- [compile] The compiler itself: load on generated chunks of many shapes (functions, tables, long expressions, nested blocks, string constants), run once each; refused chunks; string.dump and reload.
-- N: rounds (default 170, small 1)
-- lua: 5.2-5.5
local N = tonumber((...)) or 170
local load = loadstring or load
local concat, format = table.concat, string.format

local function functions(count, round)
  local out = { "local M = {}\n" }
  for i = 1, count do
    out[#out + 1] = format([[
-- Adds up a list and mixes in %d.
local function step%d(list, limit)
  local sum, last = %d, nil
  for i = 1, #list do
    local v = list[i]
    if v > limit and not last then
      sum = sum + v * %d
    elseif v == limit then
      last = i
    else
      sum = sum - 1
    end
    while sum > %d do sum = sum - %d end
  end
  return sum, last
end
M.step%d = step%d
]], i, i, i * round, i % 7 + 1, 1000 + i, 500 + i, i, i)
  end
  out[#out + 1] = "local total = 0\nfor i = 1, " .. count .. " do total = total + M['step' .. i]({ 1, 5, i }, 3) end\nreturn total\n"
  return concat(out)
end

local function data(count, round)
  local out = { "return {\n" }
  for i = 1, count do
    out[#out + 1] = format("  { id = %d, name = %q, size = %.3f, tags = { %q, %q, on = %s }, [%d] = -%d },\n",
      i, "record " .. i, i * round / 8, "t" .. i % 9, "u" .. i % 5, i % 2 == 0 and "true" or "false", i, i)
  end
  out[#out + 1] = "}\n"
  return concat(out)
end

local function expressions(count, round)
  local out = { "local a, b, c = " .. round .. ", 2, 3\nlocal x = 0\n" }
  for i = 1, count do
    out[#out + 1] = format("x = x + (a * %d - b * (c + %d) %% 7) * (a < %d and 1 or -1) - (#'%s' + %d / 4 * 4) ^ 1 + (not (b == %d) and c or a)\n",
      i, i * 3, i, ("s"):rep(i % 20), i, i)
  end
  out[#out + 1] = "return x\n"
  return concat(out)
end

local function nested(depth)
  local out = { "local n = 0\n" }
  for i = 1, depth do
    if i % 3 == 0 then
      out[#out + 1] = "do local v" .. i .. " = n + " .. i .. "\n"
    elseif i % 3 == 1 then
      out[#out + 1] = "for i" .. i .. " = 1, 2 do n = n + 1 if n > 3000 then break end\n"
    else
      out[#out + 1] = "if n >= 0 then local f = function() n = n + " .. i .. " end f()\n"
    end
  end
  out[#out + 1] = ("end "):rep(depth) .. "\nreturn n\n"
  return concat(out)
end

local function methods(count)
  local out = { "local Class = {} Class.__index = Class\n" }
  for i = 1, count do
    out[#out + 1] = format("function Class:get_%d(...) local extra = select('#', ...) return self.value + %d + extra end\n", i, i)
    out[#out + 1] = format("function Class.make_%d(v) return setmetatable({ value = v, [\"k%d\"] = [[long\nstring %d]] }, Class) end\n", i, i, i)
  end
  out[#out + 1] = "local sum = 0\n"
  for i = 1, count do out[#out + 1] = format("sum = sum + Class.make_%d(%d):get_%d(nil, nil)\n", i, i, i) end
  out[#out + 1] = "return sum\n"
  return concat(out)
end

local broken = {
  "local = 1", "x = = 2", "for i = 1 do end", "if x then", "return return", "local s = 'open", "f(", "x = {1, 2", "goto nowhere",
  "break", "local function end", "a.b:c = 1", "x = }", "--[[ open", "return '\\q'", "local t = {} t.1 = 2",
}

local env_sum, bytes, refused, dumped, functional = 0, 0, 0, 0, 0
for round = 1, N do
  for _, source in ipairs { functions(60, round), expressions(120, round), nested(30), methods(60) } do
    bytes = bytes + #source
    local f = assert(load(source, "=generated"))
    local value = f()
    env_sum = (env_sum * 31 + value) % 1000003
    if round % 5 == 0 then
      local binary = string.dump(f)
      local g = assert(load(binary, "=dumped"))
      assert(g() == value)
      dumped = dumped + 1
    end
  end
  local source = data(200, round)
  bytes = bytes + #source
  local t = assert(load(source, "=data"))()
  assert(#t == 200 and t[7].name == "record 7" and t[7][7] == -7)
  env_sum = (env_sum + t[200].size * 8) % 1000003
  for _, text in ipairs(broken) do
    local f, message = load(text, "=broken")
    assert(f == nil and type(message) == "string")
    refused = refused + 1
  end
  for i = 1, 300 do
    local f = load("return function(a) return a * " .. i .. " + " .. round .. " end")
    functional = (functional + f()(i)) % 1000003
  end
end
print("source_load", N, format("%.0f", env_sum), bytes, refused, dumped, functional)
