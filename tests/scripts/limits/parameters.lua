-- Parameters are locals.
local names = {}
for i = 1, 200 do names[i] = "p" .. i end
print(load("return function (" .. table.concat(names, ",") .. ") return p200 end")()(table.unpack({}, 1, 199), nil))
-- expect: nil
names[201] = "p201"
print(load("return function (" .. table.concat(names, ",") .. ") end", "=c"))
-- expect: nil	c:1: too many local variables (limit is 200) in function at line 1 near ')'
