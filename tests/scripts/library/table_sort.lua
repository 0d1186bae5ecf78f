local t = { 5, 2, 8, 1 }
table.sort(t)
print(table.concat(t, ",")) -- expect: 1,2,5,8
table.sort(t, function (a, b) return a > b end)
print(table.concat(t, ",")) -- expect: 8,5,2,1
