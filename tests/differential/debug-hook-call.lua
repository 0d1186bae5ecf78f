-- lua: 5.2-5.5
-- Call, return and tail call hooks.
local log = {}
local function h(e) local i = debug.getinfo(2,
  "nSt") log[#log + 1] = e .. ":" .. tostring(i.name) .. (i.what == "C" and "(C)" or "") end
local function leaf(x) return x end
local function tail(x) return leaf(x) end
local function outer() tail(1) leaf(2) math.abs(-1) pcall(leaf, 3) end
debug.sethook(h, "cr")
outer()
debug.sethook()
print(table.concat(log, " "))
log = {}
debug.sethook(h, "c")
pcall(error, "x")
coroutine.wrap(leaf)(1)
debug.sethook()
print(table.concat(log, " "))
log = {}
debug.sethook(h, "r")
outer()
debug.sethook()
print(table.concat(log, " "))
