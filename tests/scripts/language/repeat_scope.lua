local n = 0
repeat
  local done = n >= 2
  n = n + 1
until done
print(n) -- expect: 3
