-- lua: 5.4-5.5
-- Ranges of every width, which project bits differently.
math.randomseed(123)
for _, hi in ipairs { 1, 2, 3, 4, 7, 8, 10, 16, 100, 255, 256, 257, 1000, 65535, 65536, 1 << 31,
  1 << 32, (1 << 32) + 1, 1 << 53, 1 << 62, math.maxinteger } do
  print(hi, math.random(hi), math.random(-hi, hi))
end
local sum = 0
for i = 1, 1000 do sum = sum + math.random(6) end
print(sum)
