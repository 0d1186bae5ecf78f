-- Lua calls nest some hundred thousand levels deep, then fail cleanly.
local function depth(n) if n == 0 then return 0 end return 1 + depth(n - 1) end
print(depth(150000)) -- expect: 150000
local function endless() return 1 + endless() end
local ok, message = pcall(endless)
print(ok, message:match("stack overflow")) -- expect: false	stack overflow
print(depth(150000)) -- expect: 150000
