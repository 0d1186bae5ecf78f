-- lua: 5.1
local _ENV = {}
x = _ENV.x
local function f() return x, function() y = _ENV end end
