-- lua: all
-- Where coroutines may yield, and what message handlers see.
local load = loadstring or load
local unpack = unpack or table.unpack
local function co(f, ...) return coroutine.resume(coroutine.create(f), ...) end
-- yields
print(co(function() return pcall(coroutine.yield, 1) end))
print(co(function() return pcall(function() coroutine.yield(1) end) end))
print(co(function() local t = setmetatable({}, {__index = function(t, k) return coroutine.yield(k) end}) return t.x end))
print(co(function() local t = setmetatable({}, {__add = function(t, k) return coroutine.yield(k) end}) return t + 1 end))
print(co(function() for i in function() return coroutine.yield(5) end do return i end end))
print(co(function() for i in coroutine.yield do return i end end))
print(co(function() table.sort({3, 2, 1}, function(a, b) coroutine.yield() end) end))
print(co(function() return (string.gsub("abc", ".", function(c) return coroutine.yield(c) end)) end))
print(co(function() return coroutine.yield(1, 2, 3) end))
print(co(function() return load("return coroutine.yield(...)")(7) end))
print(co(function() return tostring(setmetatable({}, {__tostring = function() return coroutine.yield("x") end})) end))
print(co(function() return setmetatable({}, {__call = function(self, x) return coroutine.yield(x) end})(9) end))
print(co(function() local t = setmetatable({}, {__eq = function(a, b) return coroutine.yield(8) end}) return t == setmetatable({}, getmetatable(t)) end))
print(co(function() local t = setmetatable({}, {__concat = function(a, b) return coroutine.yield(8) end}) return t .. "x" end))
print(co(function() local t = setmetatable({}, {__newindex = function(a, b) return coroutine.yield(8) end}) t.x = 1 return "done" end))
print(pcall(coroutine.yield, 1))
print(coroutine.running() and type(coroutine.running()))
print(pcall(coroutine.resume, nil)) print(pcall(coroutine.create, nil)) print(pcall(coroutine.wrap, 1))
local c = coroutine.create(function() return 1 end)
print(coroutine.resume(c)) print(coroutine.resume(c)) print(coroutine.status(c))
local self; self = coroutine.create(function() print(coroutine.resume(self)) print(coroutine.status(self)) local inner = coroutine.create(function() print(coroutine.resume(self)) print(coroutine.status(self)) end) print(coroutine.resume(inner)) end)
print(coroutine.resume(self))
print(pcall(coroutine.wrap(function() error("werr") end)))
print(pcall(coroutine.wrap(function() error({}) end)))
print(pcall(function() local w = coroutine.wrap(function() error("werr") end) w() end))
local w = coroutine.wrap(function() return 1 end) w() print(pcall(w)) print(pcall(function() w() end))
-- error handling
print(xpcall(function() error("a") end, function(m) error("b") end))
print(xpcall(function() error("a") end, function(m) return m, "second" end))
print(xpcall(function() local x = nil; x() end, function(m) return "H:" .. tostring(m) end))
print(xpcall(error, function(...) return select('#', ...), ... end, "arg"))
local function loop() return 1 + loop() end
print(pcall(loop))
print(select(2, xpcall(loop, function(m) return (tostring(m):gsub("\n.*", "")) end)))
local function looph() local ok, m = xpcall(loop, loop) return ok, m end
print(looph())
print(pcall(string.rep, "x", -1))
