local t = { 1, 2, nil, 4 }
print(select("#", table.unpack(t, 1, 4))) -- expect: 4
t[#t + 1] = "end"
print(t[5]) -- expect: end
