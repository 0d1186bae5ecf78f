-- lua: 5.4-5.5
-- A warning about an error in a finalizer needs warnings on.
collectgarbage("stop")
warn("@on")
setmetatable({}, { __gc = function () error("in finalizer") end })
collectgarbage()
setmetatable({}, { __gc = function () error({}) end })
collectgarbage()
print("alive")
