-- lua: 5.4-5.5
-- Order and arguments of __close, on every way out of a block.
local function new(name) return setmetatable({}, { __close = function (_, e) io.write(name, "(", tostring(e),
  ") ") end }) end
do local a <close> = new "a" local b <close> = new "b" io.write("body ") end
print()
local function f() local x <close> = new "x" return "result" end
print(f())
for i = 1, 2 do local l <close> = new("loop" .. i) if i == 2 then break end end
print()
print(pcall(function () local e <close> = new "e" error("boom", 0) end))
do local n <close> = nil local fl <close> = false io.write("nil and false ") end
print()
do local g <close> = new "g" goto out end ::out:: print()
local co = coroutine.wrap(function () local y <close> = new "y" coroutine.yield(1) return 2 end)
print(co(), co())
while true do local w <close> = new "w" break end
print()
repeat local r <close> = new "r" until true
print()
