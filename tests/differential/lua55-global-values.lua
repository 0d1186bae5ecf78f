-- lua: 5.5
-- Declarations with values.
global *
do global a, b = 1, 2 print(a, b) end
print(a, b)
do global function f(n) if n == 0 then return "done" end return f(n - 1) end print(f(3)) end
print(type(f))
print(load("global a = 10", "=s")) print(pcall(load("global a = 10", "=s"))) print(pcall(load("global a = 10", "=named chunk")))
do global newone = nil print(newone) end do global newone = 1 print(newone) end print(pcall(load("global newone = 2", "=s")))
do global <const> k, print = 7, print print(k) end
print(pcall(load("global x1, x2 <const> = 1, 2 return x1 + x2", "=s")))
local env = {} print(pcall(load("global v = 5 return v", "=s", "t", env)), env.v)
do local _ENV = { print = print } global y = 3 print(y, _ENV.y) end
