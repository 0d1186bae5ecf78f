-- lua: 5.1
local t, i = {}, 1
t[1] = t[2] + t[i] % 2
t[i], t[i + 1] = 0, -0
t[3] = #t - 1
for j = 1, 10 do t[j] = j % i end
for k, v in pairs(t) do t[k] = v end
if i < 2 and i == 3 or t.x then i = 0x10 end
