local a, b = ...
if a < b then a() end
if a > b then a() end
if a <= 10 then a() end
if 10 < a then a() end
if a >= 2.0 then a() end
if a ~= 3 then a() end
if a == 3.5 then a() end
if a == nil then a() end
if "x" == a then a() end
if not (a < b) then a() end
local c = a < b
local d = not a
local e = a == b or not (a ~= 1)
