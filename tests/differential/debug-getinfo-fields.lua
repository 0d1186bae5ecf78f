-- lua: 5.4-5.5
-- The fields of getinfo for Lua and C functions.
local function f(a, b, ...) end
local function show(i, keys) for k in keys:gmatch("[%w_]+") do io.write(k, "=", tostring(i[k]), " ") end print() end
show(debug.getinfo(f),
  "source short_src what linedefined lastlinedefined nups nparams isvararg name namewhat istailcall currentline ftransfer ntransfer")
show(debug.getinfo(print),
  "source short_src what linedefined lastlinedefined nups nparams isvararg name namewhat currentline")
show(debug.getinfo(1),
  "source short_src what linedefined lastlinedefined nups nparams isvararg name namewhat currentline istailcall")
show(debug.getinfo(load("return 1"), "S"), "source short_src what linedefined lastlinedefined")
show(debug.getinfo(load("return 1", "=named"), "S"), "source short_src")
show(debug.getinfo(load("x = 1", ("long"):rep(30)), "S"), "short_src")
print(debug.getinfo(1, "f").func == debug.getinfo(1).func, debug.getinfo(f, "f").func == f,
  debug.getinfo(100), debug.getinfo(f, "").what)
local lines = {}
for l in pairs(debug.getinfo(function ()
  local x = 1

  return x
end, "L").activelines) do lines[#lines + 1] = l end
table.sort(lines)
print(table.concat(lines, " "))
print(debug.getinfo(print, "L").activelines, pcall(debug.getinfo, 1, ">"))
print(pcall(debug.getinfo, 1, "X"))
print(pcall(debug.getinfo, "x"))
print(pcall(debug.getinfo))
print(pcall(debug.getinfo, 1, 5))
print(pcall(debug.getinfo, -1))
