-- lua: 5.2-5.5
-- What is pending runs when the state closes.
collectgarbage("stop")
local t = setmetatable({}, { __gc = function () print("first created") end })
local u = setmetatable({}, { __gc = function () print("second created") end })
global = setmetatable({}, { __gc = function (o) print("global", o ~= nil, type(u)) end })
setmetatable({}, { __gc = function () print("late"); setmetatable({}, { __gc = function ()
  print("created while closing") end }) end })
print("end of script")
