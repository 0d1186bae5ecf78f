-- lua: 5.1
-- Levels below zero are those of lost tail calls.
local function show(t)
  if type(t) ~= "table" then print(t) return end
  local keys = {}
  for name, value in pairs(t) do keys[#keys + 1] = name .. "=" .. tostring(value) end
  table.sort(keys)
  print(table.concat(keys, " "))
end
local suspended = coroutine.create(function() local x = 1 coroutine.yield() end)
coroutine.resume(suspended)
for _, level in ipairs{-1, -2, -1000, -0.5, -1.5} do
  show(debug.getinfo(level))
  show(debug.getinfo(level, "SlnufL"))
  show(debug.getinfo(suspended, level))
  for n = -1, 2 do print(pcall(debug.getlocal, level - 1, n)) end
  print(pcall(debug.getlocal, suspended, level - 1, 1))
  print((debug.traceback("hi", level)))
  print((debug.traceback(suspended, "there\nwith two lines", level)))
  print(pcall(error, "x", level))
  print(pcall(getfenv, level))
end
