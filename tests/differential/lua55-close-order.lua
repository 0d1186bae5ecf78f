-- lua: 5.5
-- Order of closing, errors in it.
local function closer(n, fail) return setmetatable({}, { __close = function(_, e) print("close", n, e) if fail then error("from " .. n, 0) end end }) end
do local a <close> = closer("a") local b <close> = closer("b") end print(pcall(function() local a <close> = closer("a") local b <close> = closer("b", true) error("body", 0) end)) print(pcall(function() local a <close> = closer("a", true) return "value" end)) for i = 1, 2 do local c <close> = closer("loop" .. i) if i == 2 then break end end local function f() local x <close> = closer("ret") return "r1", "r2" end print(f()) for k in pairs({}), nil, nil, closer("never") do end for k, v in next, { 1 }, nil, closer("generic") do print(k, v) end goto out do local z <close> = closer("z") end ::out::
print(coroutine.wrap(function() local x <close> = closer("co") coroutine.yield("y") end)())
