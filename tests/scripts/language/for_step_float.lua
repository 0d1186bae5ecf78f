local n = 0
for x = 0, 1, 0.25 do n = n + 1 end
print(n) -- expect: 5
