local readers = {}
for i = 1, 3 do readers[i] = function () return i end end
print(readers[1](), readers[2](), readers[3]()) -- expect: 1	2	3
