print((tostring(setmetatable({}, { __name = "Point" })):gsub("0x%x+", "ADDRESS"))) -- expect: Point: ADDRESS
print(setmetatable({}, { __tostring = function () return "a point" end })) -- expect: a point
