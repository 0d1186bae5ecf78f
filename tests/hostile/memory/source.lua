-- Compiling until memory runs out.
local n = 0
local ok, message = pcall(load, function () n = n + 1 if n == 1 then return "return {" end return ("'string number " .. n .. "', "):rep(50) end)
assert(not ok and tostring(message):find("not enough memory") or not message or tostring(message):find("not enough memory") or tostring(message):find("overflow"), tostring(message))
n = 0
ok, message = pcall(load, function () n = n + 1 return ("x" .. n .. " = function (a) return a .. 'k" .. n .. "' end "):rep(20) end)
ok, message = pcall(load, function () return ("y"):rep(1 << 20) end)
ok, message = pcall(load, function () n = n + 1 if n < 5 then return "x = [[" end return ("text "):rep(100000) end)
collectgarbage()
assert(load("return 1 + 1")() == 2)
print("survived")
