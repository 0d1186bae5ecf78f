-- Jumps over long bodies.
local body = ("x = x + 1 "):rep(40000)
print(load("local x = 0 for i = 1, 2 do " .. body .. " end return x")()) -- expect: 80000
print(load("local x = 0 if x > 0 then " .. body .. " else x = 'else' end return x")()) -- expect: else
print(load("local x = 0 while x < 1 do " .. body .. " end return x")()) -- expect: 40000
