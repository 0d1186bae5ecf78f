-- lua: 5.2-5.5
-- Finalizers run in reverse order of their marking, once, and may resurrect.
collectgarbage("stop")
local log = {}
local function new(n) return setmetatable({ n = n }, { __gc = function (o) log[#log + 1] = o.n end }) end
for i = 1, 5 do new(i) end
collectgarbage()
print(table.concat(log, " "))
log = {}
local saved
setmetatable({ n = "r" }, { __gc = function (o) saved = o log[#log + 1] = "resurrected" end })
collectgarbage()
print(saved.n, table.concat(log, " "))
saved = nil
collectgarbage()
print(#log)
setmetatable(saved or {}, { __gc = function () log[#log + 1] = "again" end })
collectgarbage()
print(log[#log])
local mt = {}
local o = setmetatable({}, mt)
mt.__gc = function () log[#log + 1] = "too late" end
o = nil
collectgarbage()
print(log[#log])
mt = { __gc = true }
o = setmetatable({}, mt)
mt.__gc = function () log[#log + 1] = "reserved" end
o = nil
collectgarbage()
print(log[#log])
