-- What is printed while no memory is left is not lost.
local ok, message = pcall(function () local t = {} for i = 1, math.huge do t[i] = { i } end end)
print(ok, message)
print("survived")
