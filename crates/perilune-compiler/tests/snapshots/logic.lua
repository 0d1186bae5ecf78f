local a, b, c = ...
local x = a and b or c
local y = a and (b or c) and not c
local z = a < b and b < c
x = nil and a
x = true and a
x = false or 5
if a and not b or c then x = 1 else x = 2 end
while a or b do a = b end
return a or b, a and b()
