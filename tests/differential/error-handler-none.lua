-- lua: all
-- Message handlers that are no functions.
local bad = {nil, 10, {}, "x", false}
for n = 1, 5 do
  print(n, pcall(xpcall, 10, bad[n]))
  print(n, pcall(xpcall, nil, bad[n]))
  print(n, pcall(xpcall, {}, bad[n]))
  print(n, pcall(xpcall, error, bad[n]))
  print(n, pcall(xpcall, function() error("x") end, bad[n]))
  print(n, pcall(xpcall, function() local x = nil + 1 end, bad[n]))
  print(n, pcall(xpcall, function() local x x() end, bad[n]))
  print(n, pcall(xpcall, function() return nil .. "x" end, bad[n]))
end
local co = setmetatable({}, {__call = function(self, m) return "called", m end})
print(xpcall(10, co)) print(xpcall(error, co)) print(xpcall(function() error("m") end, co))
