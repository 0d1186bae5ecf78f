-- What is printed while no memory is left is not lost.
local function hog() local t = {} for i = 1, math.huge do t[i] = coroutine.create(print) end end
local ok, message = pcall(hog)
io.write("survived\n")
assert(not ok and message:find("not enough memory"), message)
pcall(hog)
print("survived")
