-- lua: 5.1 5.3
-- Bad arguments.
local function try(...) print(select(2, pcall(...))) end
try(string.rep) try(string.rep, "x") try(string.rep, {}, 1) try(string.char, 256) try(string.char, -1)
try(math.floor) try(math.floor, "x") try(math.max) try(math.random, 0) try(math.random, 2, 1) try(math.random, 1, 2, 3)
try(setmetatable, 1) try(setmetatable, {}) try(setmetatable, {}, 5) try(ipairs) try(pairs, nil) try(next, {}, "x")
try(rawget, 1) try(rawset, {}, 1) try(assert, false) try(assert, nil, "msg") try(assert, false, { }) try(assert)
try(function() ("x"):rep({}) end) try(function() ("x").rep() end) try(io.open) try(os.time, {})
print(pcall(assert, 1, 2, 3))
