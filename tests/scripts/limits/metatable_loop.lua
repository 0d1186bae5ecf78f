local t = setmetatable({}, {})
getmetatable(t).__index = t
print(pcall(function () return t.x end)) -- expect: false	metatable_loop.lua:3: '__index' chain too long; possible loop
getmetatable(t).__newindex = t
print(pcall(function () t.x = 1 end)) -- expect: false	metatable_loop.lua:5: '__newindex' chain too long; possible loop
