-- lua: 5.2
-- collectgarbage in its own words.
print(collectgarbage(), collectgarbage("collect"), select("#", collectgarbage("count")))
print(collectgarbage("isrunning"), collectgarbage("stop"), collectgarbage("isrunning"), collectgarbage("restart"))
print(collectgarbage("setpause", 150), collectgarbage("setpause", 200), collectgarbage("setstepmul", 300), collectgarbage("setstepmul", 200))
print(collectgarbage("generational"), collectgarbage("incremental"), collectgarbage("setmajorinc", 150), collectgarbage("setmajorinc", 200))
print(type(collectgarbage("step"))) print(pcall(collectgarbage, {}))

print(pcall(collectgarbage, nil, "text"))
print(select("#", pcall(collectgarbage, "count", {})), (pcall(collectgarbage, "count", {})))
print(pcall(collectgarbage, "stop", "7.5x"))
collectgarbage("restart")
