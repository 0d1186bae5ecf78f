-- lua: 5.2
-- __gc on tables, marked when the metatable is set.
local order = {}
for i = 1, 3 do setmetatable({}, { __gc = function() order[#order + 1] = i end }) end
collectgarbage()
print(table.concat(order, " "))
local late = {}
local mt = {}
setmetatable({}, mt)
mt.__gc = function() late[1] = true end
collectgarbage() print(late[1])
local again
local function resurrect(o) again = o end
setmetatable({ tag = "back" }, { __gc = resurrect })
collectgarbage() print(again.tag)
again = nil collectgarbage() print(again)
setmetatable({}, { __gc = function() error("in finalizer") end })
print(pcall(collectgarbage))
setmetatable({}, { __gc = true }) collectgarbage()
