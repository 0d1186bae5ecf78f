-- lua: 5.3
-- debug of 5.3.
local function f(a, b, ...) local c = 1 return debug.getinfo(1, "nSlutf") end
local i = f(1, 2) local names = {} for k in pairs(i) do names[#names + 1] = k end table.sort(names) print(table.concat(names, " "))
print(i.nparams, i.isvararg, i.nups, i.istailcall, i.currentline, i.what, i.short_src, i.name, i.namewhat) print(debug.getlocal(f, 1), debug.getlocal(f, 3)) local function g(...) return debug.getlocal(1, -1) end print(g("va"))
print(debug.getuservalue(io.stdout), debug.getinfo(print).what, pcall(debug.getinfo, 1, "X"), debug.getinfo(100)) print(pcall(debug.getinfo, "x")) print(pcall(debug.setmetatable, 5)) print(debug.sethook(), debug.gethook())
local lines = {} debug.sethook(function(e, l) lines[#lines + 1] = e:sub(1, 1) .. l end, "l") local x = 1
local y = 2 debug.sethook() print(table.concat(lines, " "))
