-- lua: 5.5
global print, x <const>
global a, b = 1
global function f() return a end
global<const> *
local function g() return print(x, c) end
for i = 1, 2 do local h = function() return i end end
