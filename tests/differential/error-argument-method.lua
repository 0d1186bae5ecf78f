-- lua: all
-- A method call counts arguments from the object.
local s = "x"
print(pcall(function () s:rep() end))
print(pcall(function () s:rep("a") end))
print(pcall(function () s.rep() end))
print(pcall(function () local f = io.tmpfile(); f:seek("nowhere") end))
print(pcall(function () local f = io.tmpfile(); f.read(nil) end))
print(pcall(function () local f = io.tmpfile(); f.close({}) end))
print(pcall(function () local f = io.tmpfile(); f:setvbuf("odd") end))
local t = setmetatable({}, { __index = string })
print(pcall(function () t:rep(2) end))
