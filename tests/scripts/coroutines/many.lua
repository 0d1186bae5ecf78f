local all = {}
for i = 1, 20000 do
  all[i] = coroutine.wrap(function () local n = i while true do coroutine.yield(n) n = n + 1 end end)
end
local sum = 0
for i = 1, 20000 do all[i]() sum = sum + all[i]() end
print(sum) -- expect: 200030000
