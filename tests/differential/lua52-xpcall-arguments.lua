-- lua: 5.2
-- xpcall passes arguments, and handlers.
print(xpcall(function(...) return select("#", ...), ... end, print, 1, nil))
print(xpcall(error, function(m) return m .. "!" end, "e"))
print(xpcall(function() local x = nil; x() end, debug.traceback))
print(pcall(xpcall)) print(pcall(xpcall, print))
print(xpcall(error, function() error("again") end, "x"))
print(xpcall(error, nil, "x"))
print(select("#", xpcall(error, function() end)))
