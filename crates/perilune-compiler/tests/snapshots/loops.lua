for i = 1, 10 do print(i) end
for i = 10, 1, -1 do i = i + 1 end
for i = 1, 3 do
  f(function() return i end)
end
for k, v in pairs(t) do
  if k then break end
end
local n = 0
while n < 10 do
  n = n + 1
  if n == 5 then goto continue end
  f(n)
  ::continue::
end
repeat
  local x = n
  f(function() return x end)
until x > 3
repeat
  n = n - 1
until n < 0
while n do
  if f then
    f()
  end
end
