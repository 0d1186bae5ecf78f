-- lua: 5.3
-- Loops whose sums wrap around end where they come to rest beyond the limit, if ever.
local maxi, mini = math.maxinteger, math.mininteger
local function try(a, b, c)
  local r = {}
  for i = a, b, c do r[#r+1] = i; if #r > 12 then break end end
  print(a, b, c, table.concat(r, ' '))
end
for _, a in ipairs{1, 0, -1, maxi, mini, maxi-1, mini+1, maxi//2, mini//2} do
for _, b in ipairs{1, 0, -1, maxi, mini, maxi-1, mini+1, maxi//2, maxi-100, mini+100} do
for _, c in ipairs{1, 2, 3, -1, -2, 7, maxi, mini, maxi//2, maxi//3, -maxi, -maxi//3, mini//2,mini+5} do try(a,b,c) end end end
