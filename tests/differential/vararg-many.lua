-- lua: 5.2-5.5
-- More varargs than registers.
local function count(...) return select("#", ...) end
print(count(table.unpack({}, 1, 250)), count(table.unpack({}, 1, 5000)))
local function pass(...) return ... end
print(select("#", pass(table.unpack({}, 1, 3000))))
print(#{ table.unpack({ ("x"):rep(1000):byte(1, -1) }) })
print(math.max(table.unpack((function () local t = {} for i = 1, 1000 do t[i] = i end return t end)())))
local function sum(...) local s = 0 for i = 1, select("#", ...) do s = s + (select(i, ...)) end return s end
print(sum(1, 2, 3, 4, 5))
local function rev(n, a, ...) if n > 0 then return rev(n - 1, ...) end return a, ... end
print(rev(3, 1, 2, 3, 4, 5))
local function tail(...) if select("#", ...) > 200 then return select("#", ...) end return tail(1, ...) end
print(tail())
print(#string.char(table.unpack({ ("a"):rep(200):byte(1, -1) })))
