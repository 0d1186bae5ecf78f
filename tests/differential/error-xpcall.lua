-- lua: all
-- xpcall's handler sees the error before the stack unwinds.
print(xpcall(function (...) return ... end, print, 1, 2, 3))
print(xpcall(error, function (m) return "handled " .. tostring(m) end, "e"))
print(xpcall(function () local x = nil; x() end, function (m) return m:upper() end))
print(xpcall(error, function () return 1, 2, 3 end))
print(xpcall(function () error({ 1 }) end, function (e) return e[1] end))
print(pcall(xpcall))
print(pcall(xpcall, print))
print(xpcall(function () error("x", 0) end, debug.traceback))
print(pcall(xpcall, error, nil))
print(pcall(xpcall(error, "not a function", 1))
