-- lua: 5.1
-- New functions take the environment of the function that makes them.
local function maker() return function() return v end end
v = "global"
print(maker()())
setfenv(maker, { v = "maker" })
local inner = maker()
print(inner())
setfenv(maker, { v = "later" })
print(inner(), maker()())
local chunk = loadstring("return v")
print(chunk())
setfenv(chunk, { v = "chunk" })
print(chunk())
