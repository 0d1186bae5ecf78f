-- lua: all
-- print and its use of tostring.
print()
print(nil, false, 1, "x")
print(("a\0b"):byte(1, -1))
print("a\0b")
print(setmetatable({}, { __tostring = function () return "via meta" end }))
print(pcall(print, setmetatable({}, { __tostring = function () return nil end })))
print(1, nil, nil)
print((print("inner")))
local old = tostring
tostring = function () return "ignored" end
print(5)
tostring = old
print(select("#", print()))
