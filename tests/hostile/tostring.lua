-- Conversions to strings that never end.
local t = setmetatable({}, {})
getmetatable(t).__tostring = function (x) return tostring(x) end
assert(not pcall(tostring, t))
getmetatable(t).__tostring = function (x) return ("%s"):format(x) end
assert(not pcall(tostring, t))
getmetatable(t).__tostring = function (x) return table.concat({ tostring(x) }) end
assert(not pcall(print, t))
getmetatable(t).__tostring = nil
getmetatable(t).__name = ("n"):rep(100000)
assert(#tostring(t) > 100000)
assert(not pcall(function () return t + 1 end))
assert(not pcall(string.rep, t))
getmetatable(t).__name = setmetatable({}, { __tostring = function () error("never asked") end })
assert(type(tostring(t)) == "string")
local chain = "end"
for i = 1, 200000 do
  local inner = chain
  chain = setmetatable({}, { __tostring = function () return tostring(inner) end })
end
assert(not pcall(tostring, chain))
print("survived")
