-- The results of every option.
print(collectgarbage("collect"), collectgarbage(), collectgarbage("stop"), collectgarbage("isrunning"),
  collectgarbage("restart"), collectgarbage("isrunning"))
print(type(collectgarbage("count")), math.type(collectgarbage("count")))
print(collectgarbage("incremental"), collectgarbage("generational"), collectgarbage("incremental"),
  collectgarbage("incremental", 200, 100, 10))
print(collectgarbage("setpause", 150), collectgarbage("setpause", 200), collectgarbage("setstepmul", 300),
  collectgarbage("setstepmul", 100))
print(pcall(collectgarbage, "nonsense"))
print(pcall(collectgarbage, 5))
print(type(collectgarbage("step")), type(collectgarbage("step", 100)))
print(pcall(collectgarbage, "step", "x"))
print(collectgarbage("generational", 20, 100), collectgarbage("incremental"))
print(collectgarbage("step", 100000000))
