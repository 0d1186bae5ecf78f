-- lua: 5.5
-- An error while closing.
local x <close> = setmetatable({}, { __close = function() error("closing") end })
error("body")
