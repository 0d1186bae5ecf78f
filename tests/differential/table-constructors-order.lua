-- lua: 5.2-5.5
-- The order in which a constructor evaluates.
local function v(x) io.write(x, " ") return x end
local t = { v(1), v(2), [v("k")] = v("val"), v(3), x = v("x") }
print(#t)
local n = 0
local function c() n = n + 1 return n end
t = { c(), c(), [c()] = c(), c() }
print(t[1], t[2], t[3])
t = { a = 1, a = 2 }
print(t.a)
local big = {}
for i = 1, 200 do big[i] = "v" .. i end
t = load("return {" .. table.concat({ ("1,"):rep(120), "x=5,", ("2,"):rep(80) }) .. "...}")(7, 8, 9)
print(#t, t[121], t.x, t[203])
