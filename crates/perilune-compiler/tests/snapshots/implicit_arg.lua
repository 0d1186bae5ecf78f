-- lua: 5.1
local function f(a, ...) return arg end
local function g(...) local x return ... end
local a
if a
then return a
end
while a do if a then break end end
