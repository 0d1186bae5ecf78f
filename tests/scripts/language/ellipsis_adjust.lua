local function three() return 1, 2, 3 end
print((three())) -- expect: 1
print(three(), "x") -- expect: 1	x
local t = { three(), three() }
print(#t) -- expect: 4
