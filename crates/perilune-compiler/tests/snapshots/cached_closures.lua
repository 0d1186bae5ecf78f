-- lua: 5.2
local x
local function f() return function() return x end end
goto done
::done::
