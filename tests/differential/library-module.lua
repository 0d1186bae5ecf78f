-- lua: 5.1 5.2
local function pass(...) return ... end
local function try(f, ...) print(pcall(function(...) return pass(f(...)) end, ...)) end
local function define() module("a.b.c", package.seeall) function f() return print ~= nil end return _NAME, _PACKAGE, _M end
print(define()) print(a.b.c.f(), package.loaded["a.b.c"] == a.b.c)
try(module, "xx") try(module) try(package.seeall, 1) try(package.seeall)
local t = {} print(package.seeall(t)); print(getmetatable(t).__index == _G)
do local function noo() module("noopt") end noo() end print(type(package.loaded.noopt))
x = 1 print(select(2, pcall(function() module("x.y") end)))
print(select("#", (function() return module("ret") end)()))
