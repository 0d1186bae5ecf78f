-- lua: all
local function pass(...) return ... end
local function try(f, ...) print(pcall(function(...) return pass(f(...)) end, ...)) end
try(coroutine.create) try(coroutine.create, 1) try(coroutine.create, print) try(coroutine.resume) try(coroutine.resume, 1) try(coroutine.status) try(coroutine.status, {}) try(coroutine.wrap, "x")
local co = coroutine.create(function(...) local a, b = coroutine.yield(...) error(a or "none") end)
print(coroutine.status(co), coroutine.resume(co, 1, 2)) print(coroutine.status(co), coroutine.resume(co, "err", 3)) print(coroutine.status(co), coroutine.resume(co))
local w = coroutine.wrap(function() error("in wrap") end) try(w) try(w)
w = coroutine.wrap(function() error({}) end) print(select("#", pcall(w)))
w = coroutine.wrap(function() error(12) end) try(w)
w = coroutine.wrap(function() return 1, 2 end) print(w()) try(w)
print(type(coroutine.running()), select("#", coroutine.running()))
co = coroutine.create(function() print(coroutine.status(co), coroutine.resume(co)) local c, m = coroutine.running() print(c == co, m)
  local inner = coroutine.create(function() print(coroutine.status(co), coroutine.resume(co)) end) coroutine.resume(inner) end)
print(coroutine.resume(co)) print(coroutine.status(co))
try(coroutine.yield, 1)
print(coroutine.isyieldable and coroutine.isyieldable())
if coroutine.close then local c = coroutine.create(function() coroutine.yield() end) coroutine.resume(c) print(coroutine.close(c), coroutine.status(c)) try(coroutine.close, 1) try(coroutine.close, coroutine.running()) 
print(coroutine.resume(coroutine.create(function() return pcall(coroutine.close, coroutine.running()) end))) end
for k in pairs{1} do print(pcall(coroutine.wrap(function() for i = 1, 2 do coroutine.yield(i) end end))) end
