-- lua: 5.1
-- Loaded chunks get the globals of the thread.
local env = { print = print }
local f = assert(loadstring("y = 5; print(y)"))
setfenv(f, env)()
print(y, env.y)
local co = coroutine.wrap(function()
  setfenv(0, { tag = "thread" })
  return loadstring("return tag")()
end)
print(co())
print(loadstring("return tag")())
