-- lua: all
-- Borders of tables with holes in their array parts.
local seed = 42
local function random(n) seed = (seed * 1103515245 + 12345) % 2147483648 return math.floor(seed / 65536) % n + 1 end
local unpack = unpack or table.unpack
local n = nil
print(#{1,2,3,n,5,n}, #{n,n,3}, #{1,n,3}, #{1,n,3,n}, #{n,2}, #{1,2,n,4}, #{n,n,n,4,5,n,7,8,n,n,11,12})
print(#{1,2,3,4,5,6,7,8,9,n,11,12,13,14,15,16,17}, #{1,n,3,n,5,n,7,n,9,n,11,n,13,n,15,n,17,n,19})
for round = 1, 150 do
  local size = random(40)
  local list = {}
  for i = 1, size do list[i] = i end
  for i = 1, random(size) do list[random(size)] = nil end
  local t = {unpack(list, 1, size)}
  local out = {size .. ":", #t}
  for step = 1, 25 do
    local k = random(size)
    t[k] = random(2) == 1 and k or nil
    out[#out + 1] = #t
  end
  print(table.concat(out, " "))
end
local t, out = {}, {}
for i = 1, 70 do t[#t + 1] = i out[i] = #t end
for i = 1, 70 do t[#t] = nil out[70 + i] = #t end
print(table.concat(out, " "))
for size = 1, 20 do
  local a = {}
  for i = 1, size do a[i] = i end
  out = {}
  for i = size - 1, 1, -1 do a[i] = nil out[#out + 1] = #a end
  print(table.concat(out, " "))
end
