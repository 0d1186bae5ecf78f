print(nil and 1, false or "x", 0 and "zero is true") -- expect: nil	x	zero is true
print(not nil, not 0, nil == false) -- expect: true	false	false
print(1 and 2 or 3, nil and 2 or 3) -- expect: 2	3
