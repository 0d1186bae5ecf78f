-- lua: 5.3
-- collectgarbage in its own words.
print(collectgarbage(), collectgarbage("collect"), select("#", collectgarbage("count")), math.type(collectgarbage("count")))
print(collectgarbage("isrunning"), collectgarbage("stop"), collectgarbage("isrunning"), collectgarbage("restart"))
print(collectgarbage("setpause", 150), collectgarbage("setpause", 200), collectgarbage("setstepmul", 300), collectgarbage("setstepmul", 200))
print(pcall(collectgarbage, "generational")) print(pcall(collectgarbage, "x")) print(pcall(collectgarbage, {})) print(type(collectgarbage("step")))
setmetatable({}, { __gc = function() error("in finalizer") end }) print(pcall(collectgarbage))
setmetatable({}, { __gc = function() error({}) end }) print(pcall(collectgarbage))

print(pcall(collectgarbage, nil, "text"))
print(select("#", pcall(collectgarbage, "count", {})), (pcall(collectgarbage, "count", {})))
print(pcall(collectgarbage, "stop", "7.5x"))
collectgarbage("restart")
