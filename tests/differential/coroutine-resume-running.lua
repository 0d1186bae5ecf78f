-- lua: all
-- Resuming a coroutine that runs, or waits for another one.
local function attempts(name, plain, wrapped)
  print(name, "resume", coroutine.resume(plain))
  print(name, "resume with a value", coroutine.resume(plain, 1))
  if wrapped then
    print(name, "wrap", pcall(wrapped))
    print(name, "wrap with a value", pcall(wrapped, 1))
    print(name, "wrap in a function", pcall(function() return (wrapped()) end))
  end
end
local wrapped, plain
wrapped = coroutine.wrap(function()
  plain = coroutine.running()
  attempts("itself", plain, wrapped)
  coroutine.wrap(function() attempts("by wrap", plain, wrapped) end)()
  coroutine.wrap(function() attempts("by wrap with a value", plain, wrapped) end)(1, 2)
  print(coroutine.resume(coroutine.create(function() attempts("by resume", plain, wrapped) end)))
  for _ in coroutine.wrap(function() attempts("by a loop", plain, wrapped) end) do end
  local object = setmetatable({}, {__index = function() coroutine.wrap(attempts)("by a metamethod", plain, wrapped) end})
  local _ = object.x
end)
wrapped()
attempts("dead", plain, wrapped)
local main = coroutine.running()
if main then
  attempts("main", main)
  coroutine.wrap(attempts)("main by wrap", main)
  coroutine.resume(coroutine.create(attempts), "main by resume", main)
end
