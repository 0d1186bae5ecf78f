-- lua: all
-- A function's name in a message is the one it is found under in a module.
local myrep = string.rep
print(pcall(function () myrep({}) end))
print(pcall(function () local t = { f = string.rep }; t.f({}) end))
globalrep = string.rep
print(pcall(function () globalrep({}) end))
globalrep = nil
print(pcall(myrep, {}))
print(pcall(function () return myrep({}) end))
print(pcall(function () for _ in string.gmatch() do end end))
