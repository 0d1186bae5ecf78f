-- lua: 5.1
-- module makes a package and its environment.
local print, type, package, pcall, setfenv, getfenv, require, _G = print, type, package, pcall, setfenv, getfenv, require, _G
module("my.mod", package.seeall)
x = 5
function f() return x end
print(_NAME, _PACKAGE, _M == package.loaded["my.mod"], _G.my.mod.x, f())
print(require("my.mod") == _M)
setfenv(1, _G)
print(x, my.mod.f())
module("plain")
_G.print(_G.pcall(function() return print end), _M.print)
