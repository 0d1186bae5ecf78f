-- lua: 5.3-5.5
-- Division, floor division and modulo, of integers and floats, with signs.
for _, p in ipairs { { 7, 2 }, { -7, 2 }, { 7, -2 }, { -7, -2 }, { 6, 3 }, { -6, 3 }, { 0, 5 }, { 0, -5 } } do
  local a, b = p[1], p[2]
  print(a, b, a / b, a // b, a % b, a // (b + 0.0), a % (b + 0.0), (a + 0.5) // b, (a + 0.5) % b)
end
print(5.5 // 2, -5.5 // 2, 5.5 % -2, -5.5 % 2, 5 % 3.5, -5 % 3.5)
print(1 // 0.0, -1 // 0.0, 1 % math.huge, -1 % math.huge, 1 % -math.huge, -1 % -math.huge)
print(0.0 % 5, -0.0 % 5, 0.0 // -5, 1e308 // 1e-308, 5 // math.huge, -5 // math.huge)
print(math.mininteger // -1, math.mininteger % -1, math.mininteger // 1, math.maxinteger % -2)
print(pcall(function () return 1 // 0 end))
print(pcall(function () return 1 % 0 end))
print(pcall(function () local z = 0; return 5 // z end))
print(pcall(function () local z = 0; return z % z end))
