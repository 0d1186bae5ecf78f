-- lua: 5.5
-- Loop variables are read-only.
local function try(s) print(select(2, load(s, "=s"))) end
try("for i = 1, 3 do i = 2 end") try("for k, v in pairs(t) do k = 1 end") try("for k, v in pairs(t) do v = 1 end") try("for i = 1, 3 do local i = i i = 2 end") try("for i = 1, 3 do (function() i = 5 end)() end") try("for i = 1, 3 do i.x = 2 end") try("for i in f do for i = 1, 2 do local x = i end end")
for i = 1, 3 do local i = i * 2 i = i + 1 io.write(i, " ") end print() for k, v in pairs { 10 } do local v = v + 1 print(k, v) end
local fs = {} for i = 1, 3 do fs[i] = function() return i end end print(fs[1](), fs[2](), fs[3]())
