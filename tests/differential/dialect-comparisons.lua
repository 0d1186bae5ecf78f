-- lua: all
-- Which metamethod concatenates and compares.
-- concat order
local log = {} local m = {__concat = function(a, b) log[#log + 1] = (type(a) == "table" and "T" or a) .. "|" .. (type(b) == "table" and "T" or b) return "R" end}
local T = setmetatable({}, m) print("a" .. "b" .. T .. "c" .. "d", table.concat(log, " ")) log = {} print(T .. T .. 1 .. 2, table.concat(log, " "))
print(1 .. 2, -1 .. "", 0.1 + 0.2 .. "")
-- comparisons
local function cmp(a, b) print(pcall(function() return a < b end)) print(pcall(function() return a <= b end)) print(pcall(function() return a == b end)) end
local m1 = {__lt = function() return true end, __le = function() return false end, __eq = function() return 1 end}
cmp(setmetatable({}, m1), setmetatable({}, m1)) cmp(setmetatable({}, m1), 5) cmp(5, setmetatable({}, m1)) cmp("a", setmetatable({}, m1)) cmp(setmetatable({}, m1), {})
cmp(setmetatable({}, {__lt = function() return nil end}), setmetatable({}, {__lt = function() return 1 end}))
cmp(1, "1") cmp("1", 1) cmp(true, false) cmp(nil, 1) cmp({}, "x") cmp(io.stdout, io.stderr) cmp(io.stdout, 1)
