-- Defines `exercise`, which calls a function and those it leaves behind, and
-- looks at their frames and variables. The libraries are kept in local
-- variables, for a damaged function may do anything to the globals.
local create, resume, status = coroutine.create, coroutine.resume, coroutine.status
local close = coroutine.close or function () end
local getinfo, getlocal, setlocal = debug.getinfo, debug.getlocal, debug.setlocal
local getupvalue, setupvalue = debug.getupvalue, debug.setupvalue
local sethook, traceback = debug.sethook, debug.traceback
local pcall, type, next, select, error = pcall, type, next, select, error
local tostring, dump, globals = tostring, string.dump, _G
local unpack = table.unpack or unpack

local state
local function random(limit)
  state = (state * 1103515245 + 12345) % 2147483648
  return (state - state % 65536) / 65536 % limit
end

local values = { 1, 2.5, "text", {}, print, false, -1, 1e300, "10", setmetatable({}, { __index = globals }) }
local function value()
  return values[random(12) + 1]
end

-- Reads and changes what a suspended or running coroutine holds.
local function look(co)
  for level = 0, 12 do
    local ok, info = pcall(getinfo, co, level)
    if not ok or not info then break end
    for n = -3, 20 do
      local ok, name, v = pcall(getlocal, co, level, n)
      if ok and name then
        type(v)
        if random(30) == 0 then pcall(setlocal, co, level, n, value()) end
      end
    end
    if info.func then
      for n = 1, 4 do
        local ok, name = pcall(getupvalue, info.func, n)
        if ok and name and random(20) == 0 then pcall(setupvalue, info.func, n, value()) end
      end
    end
  end
  pcall(traceback, co)
end

local function call(f)
  local co = create(f)
  if random(3) == 0 then
    local mask = random(2) == 0 and "crl" or ""
    sethook(co, function (event)
      look(co)
      if event == "count" then error("enough") end
    end, mask, 50 + random(3000))
  end
  for _ = 1, 4 do
    local results = { pcall(resume, co, unpack({ value(), value(), value() }, 1, random(4))) }
    for i = 1, 5 do
      values[random(10) + 1] = results[i + 2]
    end
    look(co)
    if status(co) ~= "suspended" then break end
  end
  if random(2) == 0 then pcall(close, co) end
end

local function inspect(f)
  pcall(getinfo, f, "nSltufL")
  for n = 1, 8 do pcall(getlocal, f, n) end
  if random(4) == 0 then pcall(dump, f, random(2) == 0) end
end

function globals.exercise(f, seed)
  state = seed
  inspect(f)
  call(f)
  -- The functions that it made or left in global variables.
  local found = {}
  for _, v in next, values do
    if type(v) == "function" and v ~= f then found[#found + 1] = v end
  end
  for k, v in next, globals do
    if type(v) == "function" and k ~= "exercise" and getinfo(v, "S").what == "Lua" then
      found[#found + 1] = v
    end
  end
  for i = 1, #found < 6 and #found or 6 do
    if getinfo(found[i], "S").what ~= "C" then
      inspect(found[i])
      call(found[i])
    end
  end
end
