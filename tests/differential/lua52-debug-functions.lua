-- lua: 5.2
-- debug as 5.2 has it.
local function f(a, b, ...) local c = 1 return debug.getinfo(1, "nSlutf") end
local i = f(1, 2)
print(i.nparams, i.isvararg, i.nups, i.istailcall, i.currentline, i.what, i.short_src, i.func == f, i.name, i.namewhat)
print(debug.getlocal(f, 1), debug.getlocal(f, 3), pcall(debug.getlocal, f, 100))
local function g(...) return debug.getlocal(1, -1) end print(g("va", 2))
local up1, up2 = 1, 2
local function h() return up1, up2 end
local function k() return up2 end
print(debug.upvalueid(h, 2) == debug.upvalueid(k, 1), debug.upvaluejoin(h, 1, k, 1), h())
print(debug.getuservalue(io.stdout), debug.setuservalue ~= nil, debug.getfenv, debug.setfenv)
print(debug.getupvalue(print, 1), debug.getupvalue(h, 5), debug.getmetatable("").__index == string)
