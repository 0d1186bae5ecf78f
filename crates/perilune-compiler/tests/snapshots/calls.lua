local o = f(1, g(...), h())
o:method(1):other "s" {}
print((f()), (...))
local function tail(n) return tail(n - 1) end
local function two() return f(), g() end
local function none() end
return o.a.b.c(...)
