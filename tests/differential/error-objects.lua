-- lua: 5.3-5.5
-- Error values keep their type and identity.
local object = { code = 7 }
local ok, e = pcall(error, object)
print(ok, e == object, e.code)
print(pcall(error, 42))
print(pcall(error, 42.5))
print(pcall(error, true))
print(pcall(error, print) )
print(pcall(error, setmetatable({}, { __tostring = function () return "rendered" end })))
print(select(2, pcall(function () error(12) end)))
print(math.type(select(2, pcall(error, 3))), math.type(select(2, pcall(error, 3.0))))
print(pcall(function () error("x" .. 1) end))
