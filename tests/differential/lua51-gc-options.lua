-- lua: 5.1 5.3-5.4
-- The options of collectgarbage.
print(collectgarbage(), collectgarbage("collect"))
print(type(collectgarbage("count")), select("#", collectgarbage("count")))
print(collectgarbage("stop"), collectgarbage("restart"))
print(type(collectgarbage("step")))
print(collectgarbage("setpause", 150), collectgarbage("setpause", 200))
print(collectgarbage("setstepmul", 300), collectgarbage("setstepmul", 200))
print(pcall(collectgarbage, "generational"))
print(pcall(collectgarbage, "x"))
print(pcall(collectgarbage, "isrunning"))

print(pcall(collectgarbage, nil, "text"))
print(select("#", pcall(collectgarbage, "count", {})), (pcall(collectgarbage, "count", {})))
print(pcall(collectgarbage, "stop", "7.5x"))
collectgarbage("restart")
