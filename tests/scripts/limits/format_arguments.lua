-- Many conversions in one format.
local t = {}
for i = 1, 250 do t[i] = i end
print(#(("%d "):rep(250)):format(table.unpack(t))) -- expect: 892
