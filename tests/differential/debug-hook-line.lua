-- lua: 5.4-5.5
-- Line hooks see every line in order.
local lines = {}
local function traced()
  local x = 1
  for i = 1, 2 do
    x = x + i
  end
  if x > 100 then
    x = 0
  else
    x = x - 1
  end
  while x > 1 do
    x = x - 2
  end
  return x
end
debug.sethook(function (e, l) lines[#lines + 1] = l end, "l")
traced()
debug.sethook()
print(table.concat(lines, " "))
print(debug.gethook())
