local n = 1
::top::
if n < 100 then n = n * 2 goto top end
print(n) -- expect: 128
