-- lua: 5.3-5.5
-- Errors raised by metamethods inside library functions.
local bad = setmetatable({}, { __index = function () error("idx", 0) end, __newindex = function ()
  error("new", 0) end, __len = function () error("len", 0) end, __lt = function () error("lt", 0) end,
  __concat = function () error("cat", 0) end, __tostring = function () error("str", 0) end,
  __pairs = function () error("prs", 0) end, __eq = function () error("eq", 0) end, __call = function ()
  error("call", 0) end })
print(pcall(table.insert, bad, 1))
print(pcall(table.concat, bad))
print(pcall(table.unpack, bad))
print(pcall(table.sort, { bad, bad }))
print(pcall(tostring, bad))
print(pcall(pairs, bad))
print(pcall(print, bad))
print(pcall(ipairs(bad), bad, 0))
print(pcall(next, bad))
print(pcall(string.gsub, "x", "x", bad))
print(pcall(table.move, bad, 1, 2, 3))
print(pcall(string.format, "%s", bad))
print(pcall(bad))
print(pcall(function () return bad == setmetatable({}, getmetatable(bad)) end))
print(pcall(load, bad))
print(pcall(io.write, bad))
