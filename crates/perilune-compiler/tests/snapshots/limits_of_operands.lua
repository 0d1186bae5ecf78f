local t = ...
t[65535] = 32767
t[65536] = 32768
if t == 32767 then t() end
if t == 32768 then t() end
if t < -32768 then t() end
if t < -32769 then t() end
local a = t + 32767
a = t + 32768
a = t << 32767
a = t << -32768
a = 2147483647
a = 2147483648
a = 3e9
a = 1e100
