-- An overflow that nobody catches, with a value that can't be rendered.
local function overflow() return 1 + overflow() end
error(setmetatable({}, { __tostring = overflow }))
