-- lua: 5.4-5.5
-- Pending to-be-closed variables run when an error ends the script.
local x <close> = setmetatable({}, { __close = function (_, e) print("closed", e) end })
local y <close> = setmetatable({}, { __close = function (_, e) error("replaced") end })
error("first")
