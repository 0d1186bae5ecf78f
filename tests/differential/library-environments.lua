-- lua: 5.1
local function pass(...) return ... end
local function try(f, ...) print(pcall(function(...) return pass(f(...)) end, ...)) end
print(getfenv() == _G, getfenv(1) == _G, getfenv(0) == _G, getfenv(print) == _G)
local function f() return x end
local e = {x = 5}
print(setfenv(f, e) == f, f(), getfenv(f) == e)
try(setfenv, print, {}) try(setfenv, 1) try(setfenv, 100, {}) try(getfenv, 100) try(getfenv, -1) try(setfenv, f, 1) try(getfenv, "x") try(getfenv, {})
x = "global"
local function g() setfenv(1, {y = 7, print = print, x = "own"}) print(x, y) local function h() return x, y end print(h()) return h end
print(g()())
local function lvl() setfenv(2, {print = print, z = 9}) end
local function user() lvl() print(z, x) end user()
local co = coroutine.create(function() setfenv(0, {x = "thread", getfenv = getfenv, loadstring = loadstring}) return getfenv(0).x, loadstring("return x")() end)
print(coroutine.resume(co))
print(loadstring("return x")())
local env = setmetatable({}, {__index = _G})
local c = loadstring("v = 10; return v") setfenv(c, env) print(c(), env.v, v)
print(debug.getfenv(f) == e, debug.setfenv(f, _G) == f, f())
try(debug.setfenv, 1, {}) try(debug.getfenv) print(debug.getfenv(1))
local p = newproxy() print(debug.getfenv(p) == _G, debug.setfenv(p, e) == p, debug.getfenv(p) == e)
module("m.n", package.seeall)
print(_NAME, _PACKAGE, _M == m.n, package.loaded["m.n"] == _M)
function hello() return "hi" end
print(m.n.hello())
try(module, "string.x.y.z.len") try(module, "m.n.hello")
