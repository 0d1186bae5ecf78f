-- lua: all
-- and, or, not evaluate what they must.
local function t(x) io.write("t", tostring(x), " ") return x end
print(t(1) and t(2), t(nil) and t(2), t(1) or t(2), t(false) or t(nil), t(nil) or t(false))
print(t(1) and t(nil) or t(3), not t(1) or t(2), (t(false) or t(1)) and t(2))
local a = nil
local b = a and a.x or "default"
print(b)
print(1 and 2 and 3, 1 and nil and 3, nil or false or 3, false and nil, nil and false, 0 and "zero true",
  "" and "empty true")
if t(1) and (t(nil) or t(2)) then print("yes") else print("no") end
while t(false) or t(nil) do end
local x = t(1) == 1 and t(2) ~= 2
print(x)
print(not not t(nil), not (t(1) and t(nil)))
local y = (a or {}).z
print(y)
print(1 == 1 and "eq", 1 ~= 1 or "ne", 1 < 2 and 2 < 3, not (1 > 2) and "ok", (nil == false), nil ~= false)
