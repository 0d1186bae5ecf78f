local t = setmetatable({}, { __index = function (_, key) return key .. "?" end })
print(t.who, t[1]) -- expect: who?	1?
