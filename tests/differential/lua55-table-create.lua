-- lua: 5.5
-- table.create.
print(#table.create(10), next(table.create(5, 5)), type(table.create(0))) print(pcall(table.create)) print(pcall(table.create, -1)) print(pcall(table.create, 1, -1)) print(pcall(table.create, "x")) print(pcall(table.create, 2^40)) print(pcall(table.create, 1, 2^40)) print(pcall(table.create, 1.5)) local t = table.create(3) t[1] = 1 t[2] = 2 print(#t)
