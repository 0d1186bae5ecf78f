-- lua: all
-- Endless recursion is an error that can be caught; its text ends alike.
local function f() return 1 + f() end
local ok, m = pcall(f)
print(ok, (m:gsub("\n.*", "")))
local function g() local ok, m = pcall(g); if not ok then error(m, 0) end return m end
print((select(2, pcall(f))):match("stack overflow"))
local t = setmetatable({}, {})
getmetatable(t).__index = function (t, k) return t[k] end
local ok, m = pcall(function () return t.x end)
print(ok, m:match("stack overflow") or m:match("C stack overflow"))
