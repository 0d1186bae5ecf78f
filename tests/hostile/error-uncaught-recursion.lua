-- An overflow that nobody catches.
local function overflow() return 1 + overflow() end
overflow()
