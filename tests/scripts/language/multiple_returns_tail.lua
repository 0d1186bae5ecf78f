local function pass(...) return ... end
print(pass(pass(1, nil, 3))) -- expect: 1	nil	3
print(select("#", pass(nil, nil))) -- expect: 2
