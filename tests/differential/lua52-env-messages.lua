-- lua: 5.2
-- Names of globals in messages, with _ENV.
print(pcall(function() return x.y end))
print(pcall(function() local _ENV = {} return x.y end))
print(pcall(function(_ENV) x() end, {}))
print(pcall(function() return _ENV.x.y end))
print(pcall(function() x = x + 1 end))
print(pcall(function() local t = { _ENV = 1 } return t._ENV.x.y end))
print(pcall(load("a.b.c = 1", "=c")))
print(pcall(load("local _ENV <const> = {}", "=c") or function() return "refused" end))
