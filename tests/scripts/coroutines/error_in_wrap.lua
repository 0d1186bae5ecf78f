local step = coroutine.wrap(function () error("step failed", 0) end)
print(pcall(step)) -- expect: false	step failed
print(pcall(step)) -- expect: false	cannot resume dead coroutine
