-- lua: all
-- Finalizers and weak tables.
-- gc order & weak
local order = {}
local mt = {__gc = function(o) order[#order + 1] = o.n end}
for i = 1, 3 do setmetatable({n = i}, mt) end
collectgarbage() print(table.concat(order, " "))
local weak = setmetatable({}, {__mode = "k"})
weak[{}] = 1 do local k = {} weak[k] = k end
collectgarbage() collectgarbage()
local n = 0 for k in pairs(weak) do n = n + 1 end print("weak", n)
local wv = setmetatable({}, {__mode = "v"}) wv[1] = {} wv[2] = "str" wv.x = 5 collectgarbage() print(wv[1], wv[2], wv.x)
print(pcall(function() setmetatable({}, {__gc = function() error("in gc") end}) collectgarbage() end))
print(pcall(function() setmetatable({}, {__gc = 5}) collectgarbage() end))
print(getmetatable("").__index == string, getmetatable("").__name)
local p = setmetatable({}, {__metatable = "locked"}) print(getmetatable(p), pcall(setmetatable, p, {}))
print(rawequal("a", "a"), #"abc", rawlen and rawlen({1, 2}) or "no rawlen")
