local t = setmetatable({}, { __metatable = "hidden" })
print(getmetatable(t)) -- expect: hidden
setmetatable(t, nil) -- expect error: cannot change a protected metatable
