-- lua: 5.2-5.4
-- Fresh variables per iteration, shared ones in a scope.
local fs = {}
for i = 1, 3 do fs[#fs + 1] = function () i = i + 1 return i end end
print(fs[1](), fs[1](), fs[2](), fs[3]())
fs = {}
for k, v in ipairs { "a", "b" } do fs[k] = function () return k, v end end
print(fs[1]())
print(fs[2]())
fs = {}
local j = 0
while j < 3 do j = j + 1 local x = j fs[j] = function () x = x + j return x end end
print(fs[1](), fs[2](), fs[3]())
fs = {}
local i = 1
repeat local y = i * 2 fs[i] = function () return y end i = i + 1 until y >= 6
print(fs[1](), fs[2](), fs[3]())
local function counter() local n = 0 return function () n = n + 1 return n end, function () return n end,
  function (v) n = v end end
local inc, get, set = counter()
inc()
inc()
print(get())
set(10)
print(inc(), get())
local inc2, get2 = counter()
print(get2(), inc2())
do local a = 1 local function f() return a end a = 2 print(f()) local a = 3 print(f(), a) end
local x = 1
do local x = x + 1 do local x = x + 1 print(x) end print(x) end
print(x)
fs = {}
for i = 1, 2 do do ::again:: local z = i fs[#fs + 1] = function () z = z + 1 return z end if #fs % 2 == 1 then
  goto again end end end
print(#fs, fs[1](), fs[2](), fs[1]())
