-- lua: 5.3-5.5
-- Floats as integers, and strings as both.
for _, v in ipairs { 3, 3.0, 3.5, "3", "3.0", "x", 2^53, 2^63, -2^63, 1/0, -0.0, "0x10", "1e2", true } do
  print(v, math.tointeger(v), math.type(v))
end
print(pcall(math.tointeger))
print(math.tointeger(0/0), math.tointeger({}), math.type("1"), pcall(math.type))
