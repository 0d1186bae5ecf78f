-- [gc] Weak tables: a cache with weak values, attributes by weak keys (ephemerons), interning, finalizers; results that do not depend on when the collector runs.
-- N: rounds (default 420, small 1)
local N = tonumber((...)) or 420

local cache = setmetatable({}, { __mode = "v" })
local function lookup(key)
  local object = cache[key]
  if not object then
    object = { key = key, square = key * key, name = "object " .. key }
    cache[key] = object
  end
  return object
end

local attributes = setmetatable({}, { __mode = "k" })
local function mark(object, value)
  attributes[object] = { owner = object, value = value }
end

local interned = setmetatable({}, { __mode = "kv" })
local function intern(a, b)
  local id = a .. "/" .. b
  local p = interned[id]
  if not p then
    p = { a, b }
    interned[id] = p
  end
  return p
end

local made, closed = 0, 0
local function resource()
  made = made + 1
  return setmetatable({}, { __gc = function() closed = closed + 1 end })
end

local function work()
  local checksum, held = 0, {}
  for round = 1, N do
    for i = 1, 2000 do
      local object = lookup(i * round % 701)
      checksum = checksum + object.square + #object.name
      if i % 10 == 0 then held[i % 97 + 1] = object end
    end
    for i = 1, 97 do
      local object = held[i]
      if object then
        mark(object, i)
        assert(lookup(object.key) == object)
      end
    end
    for i = 1, 97 do
      local object = held[i]
      if object then
        -- Two slots may hold the same object; the later mark wins.
        checksum = checksum + (attributes[object].value >= i and 1 or 0)
      end
    end
    for i = 1, 800 do
      mark({ i }, i)
      local p, q = intern(i % 30, round % 20), intern(i % 30, round % 20)
      assert(p == q)
      checksum = checksum + p[1] + q[2]
    end
    for _ = 1, 40 do resource() end
    if round % 20 == 0 then
      collectgarbage()
      for k in pairs(held) do held[k] = nil end
    end
    checksum = checksum % 1000003
  end
  return checksum
end

local checksum = work()
collectgarbage()
collectgarbage()
-- A collector may still see a few of the last objects in registers; almost everything must be gone.
local left = 0
for _ in pairs(attributes) do left = left + 1 end
for _ in pairs(cache) do left = left + 1 end
-- Lua 5.1 has neither ephemerons nor finalizers of tables.
if _VERSION ~= "Lua 5.1" then assert(left <= 4 and closed >= made - 4) end
print("weak_cache", N, checksum, made)
