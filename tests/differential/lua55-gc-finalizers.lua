-- lua: 5.5
-- Errors in finalizers are warnings.
warn("@on") setmetatable({}, { __gc = function() error("in finalizer") end }) collectgarbage() setmetatable({}, { __gc = function() error({}) end }) collectgarbage() warn("a ", "message") warn("@off") warn("unseen") print(pcall(warn)) print(pcall(warn, {})) print(pcall(warn, "x", 5, {}))
