-- lua: 5.2
-- Yields across pcall, metamethods and iterators.
local function drive(f) local co = coroutine.wrap(f) local r = {} for i = 1, 4 do local v = co(i) r[#r + 1] = tostring(v) if v == "end" then break end end print(table.concat(r, " ")) end
drive(function() print(pcall(function() coroutine.yield(1) error("x", 0) end)) return "end" end)
local t = setmetatable({}, { __index = function(_, k) return coroutine.yield(k) end, __add = function() return coroutine.yield("add") end, __lt = function() return coroutine.yield("lt") end, __concat = function() return coroutine.yield("cat") end, __call = function() return coroutine.yield("call") end })
drive(function() local a = t.x local b = t + 1 local c = t < t print(a, b, c) return "end" end)
drive(function() print(t .. "x", t()) return "end" end)
drive(function() for i in function(_, i) return coroutine.yield("it") and nil end do end return "end" end)
drive(function() print(xpcall(function(a) return coroutine.yield(a) end, print, "arg")) return "end" end)
drive(function() return dofile and select("#", pcall(coroutine.yield, "p")) == 2 and "end" end)
print(coroutine.resume(coroutine.create(function() table.sort({ 1, 2, 3 }, function() coroutine.yield() end) end)))
print(coroutine.resume(coroutine.create(function() return string.gsub("a", "a", function() coroutine.yield() end) end)))
