-- lua: 5.4-5.5
-- Names of upvalues and of compile-time constants in messages.
local up = {}
local K <const> = "name"
local N <const> = nil
print(pcall(function () return up.x.y end))
print(pcall(function () return up[K].z end))
print(pcall(function () return (function () return up() end)() end))
print(pcall(function () return N.x end))
print(pcall(function () return K.x.y end))
print(pcall(function () return K + 1 end))
