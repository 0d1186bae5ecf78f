-- lua: 5.3-5.5
-- Shifts by every kind of distance.
for _, n in ipairs { 0, 1, 4, 31, 32, 62, 63, 64, 65, 100, -1, -4, -63, -64, -65 } do
  print(n, 1 << n, -1 << n, -1 >> n, 0xff >> n, math.mininteger >> n, math.maxinteger << n)
end
print(1 << math.maxinteger, 1 << math.mininteger, 1 >> math.maxinteger, 1 >> math.mininteger)
print(2.0 << 1, 1 << 3.0, 256.0 >> 4)
print(pcall(function () return "3" << 2 end))
local k = 3
print(1 << k, k << 1, k >> 1, 256 >> k, -1 >> 60, 5 << -1, 5 >> -1)
