-- lua: 5.2-5.5
-- Length of sequences and after removing their ends.
local t = { 1, 2, 3, nil }
print(#t)
t[#t + 1] = 4
print(#t)
t[#t] = nil
t[#t] = nil
print(#t)
print(#{ nil }, #{ nil, nil }, #{ 1, nil }, #{ n = 1 }, #{ [1] = 1, [2] = 2 }, #{ 1, 2, [4] = 4 } >= 2)
t = {}
for i = 1, 100 do t[i] = i end
for i = 100, 51, -1 do t[i] = nil end
print(#t)
t = {}
for i = 10, 1, -1 do t[i] = i end
print(#t)
t[11] = 11
print(#t)
t[10] = nil
t[11] = nil
print(#t)
print(#"", #"abc", #setmetatable({}, { __len = function () return 42 end }), #setmetatable({ 1 }, {
  __len = function () return "odd" end }))
print(rawlen { 1, 2 }, rawlen "abc", rawlen(setmetatable({ 1 }, { __len = function () return 9 end })))
print(select("#", table.unpack({ 1, 2, nil, 4 }, 1, 4)))
