-- lua: 5.3-5.5
-- What `next` takes for a key.
local t = { 10, 20, 30, x = 1 }
print(next(t, 1), next(t, 2))
print(pcall(next, t, 1.0))
print(pcall(next, t, 4))
print(pcall(next, t, 0))
print(pcall(next, t, 0.5))
print(pcall(next, t, 0 / 0))
print(pcall(next, t, "y"))
print(pcall(next, t, {}))
print(pcall(next, {}, 1))
print(next({}), next({}, nil), next(t, "x"))
print(pcall(function () for k in next, t, 2.0 do print(k) end end))
