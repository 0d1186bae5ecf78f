-- lua: 5.4-5.5
-- os.exit with and without closing the state.
-- args: x
collectgarbage("stop")
setmetatable({}, { __gc = function () print("finalized") end })
local c <close> = setmetatable({}, { __close = function () print("variable closed") end })
io.write("leaving ")
os.exit(true, true)
