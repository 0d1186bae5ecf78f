-- lua: all
-- No yield across pcall, metamethods and iterators.
local function inside(f) return coroutine.resume(coroutine.create(f)) end
print(inside(function() pcall(coroutine.yield, 1) return "after" end))
print(inside(function() return pcall(coroutine.yield, 1) end))
local t = setmetatable({}, { __index = function() coroutine.yield(1) end, __add = function() coroutine.yield(2) end, __eq = coroutine.yield })
print(inside(function() return t.x end))
print(inside(function() return t + 1 end))
print(inside(function() for x in function() coroutine.yield("iter") end do end end))
print(inside(function() table.sort({ 3, 2, 1 }, function() coroutine.yield() end) end))
print(inside(function() return string.gsub("abc", "b", coroutine.yield) end))
print(inside(function() return loadstring("coroutine.yield(5) return 6")() end))
print(inside(function() return xpcall(function() coroutine.yield(7) end, print) end))
