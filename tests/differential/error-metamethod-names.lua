-- lua: all
-- Messages from inside metamethods and about them.
local mt = { __index = 5, __newindex = true, __call = 1 }
local t = setmetatable({}, mt)
print(pcall(function () return t.x end))
print(pcall(function () t.x = 1 end))
print(pcall(function () return t() end))
print(pcall(function () return setmetatable({}, { __add = 1 }) + 1 end))
print(pcall(function () return setmetatable({}, { __len = function () error "len" end }) end) )
print(pcall(function () return #setmetatable({}, { __len = function () error "len" end }) end))
print(pcall(function () return setmetatable({}, { __concat = function (a, b) return nil + b end }) .. 1 end))
print(pcall(function () return setmetatable({}, { __index = function (t, k) return k.x.y end }).k end))
