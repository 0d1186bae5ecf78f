-- [calls] Protected calls: pcall that succeeds, errors with strings, tables and runtime faults, nested handlers, xpcall.
-- N: rounds (default 500000, small 200)
local N = tonumber((...)) or 500000
local pcall, error, type = pcall, error, type

local Failure = {}
Failure.__index = Failure
local function fail(code) error(setmetatable({ code = code }, Failure)) end

local function safe_div(a, b)
  if b == 0 then error("division by zero", 0) end
  return a - a % b
end

local function deep(level, code)
  if level == 0 then fail(code) end
  return 1 + deep(level - 1, code)
end

-- Runs f, then "finally" work, then passes the error on.
local function with_cleanup(counter, f, ...)
  local ok, value = pcall(f, ...)
  counter.cleaned = counter.cleaned + 1
  if not ok then error(value, 0) end
  return value
end

local function index_nil(t) return t.missing.field end
local function add_table(t) return t + 1 end
local function handler(message) return { wrapped = message } end

local counter = { cleaned = 0 }
local kinds = { ok = 0, text = 0, object = 0, runtime = 0, wrapped = 0 }
local checksum = 0
for i = 1, N do
  local ok, v = pcall(safe_div, i * 3, i % 4)
  if ok then
    kinds.ok = kinds.ok + 1
    checksum = (checksum + v) % 1000003
  else
    assert(v == "division by zero")
    kinds.text = kinds.text + 1
  end

  ok, v = pcall(deep, i % 8, i)
  assert(not ok and getmetatable(v) == Failure)
  kinds.object = kinds.object + 1
  checksum = (checksum + v.code) % 1000003

  ok, v = pcall(with_cleanup, counter, with_cleanup, counter, safe_div, i, i % 3)
  if ok then
    checksum = (checksum + v) % 1000003
  else
    kinds.text = kinds.text + 1
  end

  if i % 4 == 0 then
    ok, v = pcall(index_nil, counter)
    assert(not ok and type(v) == "string" and v:find("missing", 1, true))
    ok, v = pcall(add_table, counter)
    assert(not ok and type(v) == "string" and v:find("arithmetic", 1, true))
    kinds.runtime = kinds.runtime + 2
  end

  ok, v = xpcall(function() return safe_div(i, i % 5) end, handler)
  if ok then
    checksum = (checksum + v) % 1000003
  else
    assert(v.wrapped == "division by zero")
    kinds.wrapped = kinds.wrapped + 1
  end
end
print("pcall_errors", N, checksum, counter.cleaned)
print(kinds.ok, kinds.text, kinds.object, kinds.runtime, kinds.wrapped)
