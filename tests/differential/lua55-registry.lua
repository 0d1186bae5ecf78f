-- lua: 5.5
-- The main thread's place in the registry.
local registry = debug.getregistry()
print(registry[1], registry[2] == _G, type(registry[3]), #registry, registry[3] == coroutine.running())
print(coroutine.wrap(function() return registry[3] == coroutine.running(), select(2, coroutine.running()) end)())
