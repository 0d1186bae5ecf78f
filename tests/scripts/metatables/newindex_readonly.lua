local t = setmetatable({}, { __newindex = function () error("read only", 2) end })
t.x = 1 -- expect error: read only
