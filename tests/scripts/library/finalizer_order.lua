collectgarbage("stop")
for i = 1, 3 do setmetatable({}, { __gc = function () print("finalized " .. i) end }) end
-- expect: finalized 3
-- expect: finalized 2
-- expect: finalized 1
collectgarbage()
