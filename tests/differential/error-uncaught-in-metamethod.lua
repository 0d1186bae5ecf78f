-- lua: all
-- A traceback through metamethods, iterators and library functions.
local t = setmetatable({}, { __index = function (t, k) return k + nil end })
table.sort({ 3, 2, 1 }, function (a, b)
  for _ in function () return t.key end do end
end)
