-- lua: 5.4-5.5
-- __close handlers that yield.
local function new(name) return setmetatable({}, { __close = function (_, e)
  coroutine.yield(name .. ":" .. tostring(e)) end }) end
local co = coroutine.wrap(function () do local a <close> = new "a" local b <close> = new "b" end return "end" end)
print(co(), co(), co())
co = coroutine.wrap(function () return pcall(function () local a <close> = new "err" error("x", 0) end) end)
print(co())
print(co())
co = coroutine.wrap(function () local r <close> = new "ret" return 1, 2 end)
print(co())
print(co())
co = coroutine.create(function () local c <close> = new "closed" coroutine.yield("susp") end)
print(coroutine.resume(co))
print(pcall(coroutine.close, co))
print(coroutine.status(co))
co = coroutine.wrap(function () for _ in function () return 1 end, nil, nil, new "for" do break end return "after" end)
print(co(), co())
