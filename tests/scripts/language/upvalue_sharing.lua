local function pair()
  local n = 0
  return function () n = n + 1 end, function () return n end
end
local bump, read = pair()
bump() bump()
print(read()) -- expect: 2
