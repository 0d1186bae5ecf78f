-- Names and values of locals, parameters, temporaries and varargs.
local function f(a, b, ...) local c = 3 do local d = 4 end local e <const>, g = 5, 6 for i = 1, 10 do
  if true then break end end
  local i = 1 while true do local n, v = debug.getlocal(1, i) if not n then break end io.write(n, "=",
    tostring(v), " ") i = i + 1 if i > 12 then break end end print()
  print(debug.getlocal(1, -1), debug.getlocal(1, -2), debug.getlocal(1, -3)) print(debug.setlocal(1, 1,
    "changed"), a, debug.setlocal(1, -1, "V"), ..., debug.setlocal(1, 100, 1), debug.setlocal(1, -10, 1)) end
f(1, 2, "v1", "v2")
print(debug.getlocal(f, 1), debug.getlocal(f, 2), debug.getlocal(f, 3), debug.getlocal(print, 1))
print(pcall(debug.getlocal, 100, 1))
print(pcall(debug.getlocal, 1))
print(pcall(debug.setlocal, 100, 1, 1))
print(pcall(debug.getlocal, f, -1))
local co = coroutine.create(function (x) local y = 2 coroutine.yield() end)
coroutine.resume(co, 1)
print(debug.getlocal(co, 1, 1))
print(debug.getlocal(co, 1, 2))
print(debug.getlocal(co, 1, 3))
print(debug.setlocal(co, 1, 2, "set"), debug.getlocal(co, 1, 2))
for k, v in ipairs { 1 } do local i = 1 while true do local n, v = debug.getlocal(1, i) if not n then
  break end io.write(n, " ") i = i + 1 end print() end
for i = 1, 1 do local j = 1 while true do local n = debug.getlocal(1, j) if not n then break end io.write(n,
  " ") j = j + 1 end print() end
