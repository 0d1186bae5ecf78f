-- [coroutines] Thousands of coroutines alive at once: actors in a ring, timers, creation and death of short ones, errors inside.
-- N: rounds (default 120, small 1)
local N = tonumber((...)) or 120
local create, resume, yield, status, wrap = coroutine.create, coroutine.resume, coroutine.yield, coroutine.status, coroutine.wrap

-- A token goes round a ring of actors; each adds its share.
local function ring(size, laps)
  local actors = {}
  for i = 1, size do
    actors[i] = create(function(token)
      local seen = 0
      while true do
        seen = seen + 1
        token = yield(token + i % 3, seen)
      end
    end)
  end
  local token, seen = 0, 0
  for _ = 1, laps do
    for i = 1, size do
      local _
      _, token, seen = resume(actors[i], token)
    end
  end
  return token + seen
end

-- Sleepers in a wheel of time slots.
local function timers(count, ticks)
  local slots, log = {}, 0
  local function sleep(t) return yield(t) end
  for i = 1, count do
    local co = create(function()
      local woken = 0
      while true do
        local now = sleep(i % 13 + 1)
        woken = woken + 1
        log = (log * 3 + now + i) % 1000003
        if woken == 6 then return end
      end
    end)
    local _, delay = resume(co)
    slots[delay] = slots[delay] or {}
    table.insert(slots[delay], co)
  end
  for now = 1, ticks do
    local due = slots[now]
    if due then
      slots[now] = nil
      for k = 1, #due do
        local co = due[k]
        local ok, delay = resume(co, now)
        assert(ok)
        if status(co) ~= "dead" then
          local at = now + delay
          slots[at] = slots[at] or {}
          table.insert(slots[at], co)
        end
      end
    end
  end
  return log
end

local function short_lived(count)
  local total = 0
  for i = 1, count do
    local f = wrap(function(a)
      local b = yield(a + 1)
      return a * b
    end)
    total = total + f(i) + f(2)
  end
  return total
end

local function failing(count)
  local failures = 0
  for i = 1, count do
    local co = create(function(x)
      yield(x)
      if x % 2 == 0 then error({ code = x }) end
      return x
    end)
    resume(co, i)
    local ok, v = resume(co)
    if not ok then failures = failures + v.code end
    assert(status(co) == "dead" and not resume(co))
  end
  return failures
end

-- A coroutine inside a coroutine inside a coroutine, and a value handed all the way up.
local function nest(depth)
  if depth == 0 then
    for i = 1, 20 do yield(i) end
    return
  end
  local inner = wrap(function() nest(depth - 1) end)
  for v in inner do yield(v + 1) end
end

local checksum = 0
for round = 1, N do
  checksum = (checksum + ring(2000, 5)) % 1000003
  checksum = (checksum + timers(1000, 60 + round % 10)) % 1000003
  checksum = (checksum + short_lived(1500) + failing(800)) % 1000003
  for v in wrap(function() nest(40) end) do checksum = checksum + v end
end
print("many_coroutines", N, checksum)
