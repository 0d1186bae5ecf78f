-- lua: 5.2-5.5
-- Variables behind a label that is jumped back to.
do local n = 0
local x
::l:: local y
print(y) n = n + 1
if n < 3 then y = n; goto l end
end
do local n = 0
local x
do ::l:: local y, z
print(y, z) n = n + 1
y = n
if n < 3 then z = n; goto l end
end
end
do local n = 0
local x = nil
::l:: local y, z = nil
local f = function() return y end
print(y, z, f()) n = n + 1
if n < 3 then y = n; z = n goto l end
end
do local n = 0
local x
::l:: ::m::
local y
print(y) n = n + 1
if n < 3 then y = n; goto m end
end
do local n = 0
local x
::l:: do local y
print(y) n = n + 1
if n < 3 then y = n; goto l end
end end
do local n = 0
local x x = nil
::l:: n, x = n + 1 
local y = nil
print(y) n = n + 1
if n < 3 then y = n; goto l end
end
do local n, x = 0
local k
repeat ::l:: local y print(y) y = n n = n + 1 if n < 3 then goto l end until n > 5
end
do local n = 0
local x
goto l
::l:: local y
print(y) n = n + 1
if n < 3 then y = n; goto l end
end
