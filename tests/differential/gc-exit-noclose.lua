-- lua: all
-- os.exit without closing the state runs no finalizer, but flushes.
collectgarbage("stop")
setmetatable({}, { __gc = function () print("never") end }) io.write("buffered text") os.exit(3)
