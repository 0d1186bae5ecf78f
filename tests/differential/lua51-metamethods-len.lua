-- lua: 5.1
-- __len is not asked for tables, only for user values.
local t = setmetatable({ 1, 2 }, { __len = function() return 10 end })
print(#t)
local u = newproxy(true)
getmetatable(u).__len = function() return 42 end
print(#u)
print(pcall(function() return #nil end), pcall(function() return #5 end))
print(pcall(function() local x = newproxy() return #x end))
print(#"abc", #"", #{ 1, 2, nil })
