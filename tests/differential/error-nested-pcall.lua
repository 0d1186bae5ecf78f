-- lua: 5.1 5.3-5.5
-- Errors and results through nested protected calls.
print(pcall(pcall, error, "e"))
print(pcall(pcall, pcall, error))
print(pcall(pcall, print, "printed"))
print(pcall(function () return pcall(function () return pcall(error, "inner") end) end))
print(select("#", pcall(pcall, pcall, function () end)))
print(pcall(error, pcall(error, "x")))
local function rethrow() local ok, e = pcall(error, "again", 0); error(e, 0) end
print(pcall(rethrow))
