-- lua: 5.1
-- Environments of functions and threads; tail calls as levels.
local setfenv, getfenv = setfenv, getfenv local G = getfenv(0)
print(G == _G, getfenv() == _G, getfenv(1) == _G, getfenv(print) == _G)
local function mk() local function inner() return x end return inner, function(t) setfenv(1, t) return x end end
x = "global"
local a = mk()
print(a())
setfenv(a, {x = "env"}) print(a())
local b, setter = mk() print(b(), setter({x = "self"}), b(), setter({x = "again"}))
setfenv(mk, {x = "mkenv", setfenv = setfenv}) local c, d = mk() print(c(), d({x = 1}), c())
local env = setmetatable({}, {__index = _G})
local f = loadstring("y = 1; function g() return y end; return getfenv(1)") setfenv(f, env) print(f() == env, env.y, rawget(_G, "y"), env.g())
print(pcall(setfenv, print, {})) print(pcall(setfenv, 100, {})) print(pcall(getfenv, 100)) print(pcall(getfenv, -1)) print(pcall(setfenv, 1, nil))
local co = coroutine.create(function() local r = loadstring("return zz")() coroutine.yield(r) return getfenv(0).zz, zz end)
debug.setfenv(co, {zz = "cozz"}) print(coroutine.resume(co)) print(coroutine.resume(co))
print(debug.getfenv(co) == _G, debug.getfenv(co).zz, debug.getfenv(print) == _G, debug.getfenv(5))
print(debug.setfenv(print, {1}) == print, debug.getfenv(print)[1]) debug.setfenv(print, _G)
print(pcall(debug.setfenv, 5, {}))
-- tail
local function tail() return getfenv(2) end print(pcall(function() return tail() end)) local function t2() return pcall(getfenv, 2) end local function t3() return t2() end print((select('#', t3())))
-- nups hidden
local u = 1 local function up() return u, print end print(debug.getinfo(up, "u").nups, debug.getupvalue(up, 1)) print(debug.getupvalue(up, 2)) print(debug.setupvalue(up, 1, 9), u, debug.setupvalue(up, 2, 1))
local s = string.dump(function() return x end) print(loadstring(s)())
for _, e in ipairs{"a.b.c()", "local t = {} t.x.y = 1", "z()", "local q; q.x = 1", "return -{}", "foo.bar:baz()"} do print(pcall(loadstring(e))) end
-- hooks
local ev = {} debug.sethook(function(e, l) ev[#ev + 1] = e .. (l or "") end, "crl")
local function h1() return 1 end local function h2() return h1() end local v = h2()
debug.sethook() print(table.concat(ev, " "))
