print(#setmetatable({}, { __len = function () return 7 end })) -- expect: 7
print(#nil) -- expect error: attempt to get length of a nil value
