-- lua: all
-- Errors inside a message handler.
print(xpcall(function () error("first") end, function () error("second") end))
local n = 0
print(xpcall(function () error("first") end, function (m)
  n = n + 1
  if n < 4 then error(n, 0) end
  return m
end))
print(n)
print(xpcall(function () return nil + 1 end, function (m) return m .. nil end))
print(xpcall(function () error("x", 0) end, function (m) return xpcall(error, function (i) return i .. "!" end, m) end))
