-- lua: all
-- The traceback of an error that leaves a wrapped coroutine.
local gen = coroutine.wrap(function ()
  coroutine.yield(1)
  error("in the generator")
end)
for i = 1, 2 do gen() end
