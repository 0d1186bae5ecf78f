-- lua: all
-- Calls in the middle of a list give one value, at its end all.
local function two() return 1, 2 end
local function none() end
print(two(), two())
print((two()))
print(two(), (two()))
print(({ two(), two() })[3])
