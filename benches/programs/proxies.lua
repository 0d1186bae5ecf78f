-- [metamethods] __index and __newindex functions, __call, default values, read-only views, change tracking.
-- N: rounds (default 28000, small 20)
local N = tonumber((...)) or 28000

-- A table that counts reads and writes and keeps its values elsewhere.
local function tracked()
  local values, stats = {}, { reads = 0, writes = 0 }
  local proxy = setmetatable({}, {
    __index = function(_, k)
      stats.reads = stats.reads + 1
      return values[k]
    end,
    __newindex = function(_, k, v)
      stats.writes = stats.writes + 1
      values[k] = v
    end,
  })
  return proxy, stats
end

local function read_only(t)
  return setmetatable({}, {
    __index = t,
    __newindex = function(_, k) error("field " .. k .. " is read-only", 0) end,
  })
end

local function with_default(fill)
  return setmetatable({}, {
    __index = function(t, k)
      local v = fill(k)
      t[k] = v
      return v
    end,
  })
end

-- Computed properties with getters and setters.
local Celsius = {}
local getters = {
  fahrenheit = function(o) return o.degrees * 1.8 + 32 end,
  kelvin = function(o) return o.degrees + 273 end,
}
local setters = {
  fahrenheit = function(o, v) rawset(o, "degrees", (v - 32) / 1.8) end,
  kelvin = function(o, v) rawset(o, "degrees", v - 273) end,
}
function Celsius.__index(o, k)
  local get = getters[k]
  return get and get(o) or Celsius[k]
end
function Celsius.__newindex(o, k, v)
  local set = setters[k]
  if set then set(o, v) else rawset(o, k, v) end
end

local Polynomial = {}
Polynomial.__index = Polynomial
function Polynomial:__call(x)
  local y = 0
  for i = #self, 1, -1 do y = (y * x + self[i]) % 65521 end
  return y
end

local checksum, failures = 0, 0
for round = 1, N do
  local proxy, stats = tracked()
  for i = 1, 40 do proxy[i] = i * round end
  for i = 1, 40 do proxy[i] = proxy[i] + (proxy[41 - i] or 0) end
  checksum = (checksum + proxy[1] + stats.reads * 3 + stats.writes * 5) % 1000003

  local constants = read_only { one = 1, two = 2, three = round }
  for _ = 1, 20 do checksum = checksum + constants.one + constants.two + constants.three end
  if not pcall(function() constants.four = 4 end) then failures = failures + 1 end

  local squares = with_default(function(k) return k * k end)
  for i = 1, 60 do checksum = checksum + squares[i % 20] end

  local t = setmetatable({ degrees = round % 40 }, Celsius)
  for _ = 1, 10 do
    t.kelvin = t.kelvin + 1
    t.fahrenheit = t.fahrenheit
  end
  checksum = (checksum + math.floor(t.degrees + 0.5)) % 1000003

  local p = setmetatable({ 3, round, 7, 1 }, Polynomial)
  for x = 1, 40 do checksum = (checksum + p(x)) % 1000003 end
end
print("proxies", N, string.format("%.0f", checksum), failures)
