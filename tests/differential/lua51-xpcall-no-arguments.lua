-- lua: 5.1
-- xpcall passes nothing to the function.
print(xpcall(function(...) return select("#", ...) end, print, 1, 2))
print(xpcall(function() error("e", 0) end, function(m) return m .. "!" end))
print(xpcall(function() error() end, function(m) return m == nil end))
print(pcall(xpcall))
print(pcall(xpcall, print))
print(xpcall(function() local x = nil; x() end, function(m) return m end))
print(xpcall(error, function() error("again") end))
print(pcall(error, { code = 2 }), pcall(error), pcall(error, nil))
