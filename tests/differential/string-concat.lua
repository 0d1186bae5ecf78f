-- lua: all
-- Concatenation of many kinds and lengths.
local a, b, c = "a", 1, 2.0
print(a .. b .. c, b .. c, c .. b, a .. "" .. a, "" .. "", 1 .. "", -1 .. "", 1e100 .. "", 2^63 .. "|", -0.0 .. "")
local s = ""
for i = 1, 300 do s = s .. i .. "," end
print(#s, s:sub(-20))
local t = setmetatable({}, { __concat = function (x, y)
  return (type(x) == "table" and "T" or x) .. "+" .. (type(y) == "table" and "T" or y) end })
print(t .. "x", "x" .. t, t .. t, "a" .. "b" .. t, t .. "a" .. "b", "a" .. t .. "b" .. 1, 1 .. t)
print(("x"):rep(50) .. ("y"):rep(50) == ("x"):rep(50) .. ("y"):rep(50), #(("z"):rep(1000) .. "z"))
