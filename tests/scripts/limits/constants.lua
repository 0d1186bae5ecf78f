-- More constants than fit the short operands.
local parts = {}
for i = 1, 70000 do parts[i] = "t['k" .. i .. "'] = " .. i .. ".25" end
local chunk = "local t = {} " .. table.concat(parts, " ") .. " return t"
local t = load(chunk)()
print(t.k1, t.k300, t.k65536, t.k70000) -- expect: 1.25	300.25	65536.25	70000.25
