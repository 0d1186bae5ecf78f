local t = { 1, 2 }
table.insert(t, 1, 0)
print(table.concat(t, " ")) -- expect: 0 1 2
table.insert(t, 9, 9) -- expect error: bad argument #2 to 'insert' (position out of bounds)
