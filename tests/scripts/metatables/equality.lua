local mt = { __eq = function (a, b) return a.id == b.id end }
local a, b = setmetatable({ id = 1 }, mt), setmetatable({ id = 1 }, mt)
print(a == b, a ~= b, rawequal(a, b), a == 1) -- expect: true	false	false	false
