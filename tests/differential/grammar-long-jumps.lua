-- lua: 5.1-5.3
-- Jumps over more instructions than the dialect's have room for.
local load = loadstring or load
local body = ("a = a + 1\n"):rep(2 ^ 17)
print(load("while true do " .. body .. "end", "=s"))
print(load("for i = 1, 2 do " .. body .. "end", "=s"))
print(load("repeat " .. body .. "until a", "=s"))
print(type(load(body)))
