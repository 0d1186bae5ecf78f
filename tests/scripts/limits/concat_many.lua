-- Many operands, and a long result.
local t = {}
for i = 1, 100000 do t[i] = "item" .. i end
print(#table.concat(t, ",")) -- expect: 988894
