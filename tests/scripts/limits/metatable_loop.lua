local t = setmetatable({}, {})
getmetatable(t).__index = t
print(pcall(function () return t.x end))
getmetatable(t).__newindex = t
print(pcall(function () t.x = 1 end))
