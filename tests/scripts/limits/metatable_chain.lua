-- A chain of __index tables is followed so far and no further.
local function chain(n)
  local t = { found = "found" }
  for i = 1, n do t = setmetatable({}, { __index = t }) end
  return t
end
print(chain(100).found) -- expect: found
print(pcall(function () return chain(3000).missing end))
-- expect: false	metatable_chain.lua:8: '__index' chain too long; possible loop
print(pcall(function () local t = chain(3000) t.missing = 1 return t.missing end)) -- expect: true	1
