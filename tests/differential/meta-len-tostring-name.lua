-- lua: all
-- __len, __tostring and __name.
print(#setmetatable({}, { __len = function () return 3.5 end }), tostring(setmetatable({}, {
  __tostring = function () return "T!" end })))
print(pcall(tostring, setmetatable({}, { __tostring = 5 })))
print(pcall(tostring, setmetatable({}, { __tostring = function () return 5 end })))
print((tostring(setmetatable({}, { __name = "N" })):gsub(": .*", "")))
print(pcall(function () return #setmetatable({}, { __len = 5 }) end))
print(pcall(string.rep, setmetatable({}, { __name = "My.Name" })))
print(pcall(function () return setmetatable({}, { __name = "My.Name" }) + 1 end))
print(pcall(function () return setmetatable({}, { __name = 5 }) .. "x" end))
print(pcall(setmetatable({}, { __name = "Callable?" })))
print(pcall(ipairs(setmetatable({}, { __name = "X" })), nil, 0))
