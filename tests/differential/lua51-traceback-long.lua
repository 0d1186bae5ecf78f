-- lua: 5.1
-- Long tracebacks are cut in the middle.
local function deep(n) if n == 0 then error("bottom") end deep(n - 1) return 1 end
print(select(2, xpcall(function() deep(40) end, debug.traceback)))
local function tail(n) if n == 0 then error("end") end return tail(n - 1) end
print(select(2, xpcall(function() tail(5) end, debug.traceback)))
