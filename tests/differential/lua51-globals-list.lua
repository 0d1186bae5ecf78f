-- lua: all
-- The global names and those in the libraries.
local function list(t, name)
  local all = {}
  for k in pairs(t) do all[#all + 1] = tostring(k) end
  table.sort(all)
  print(name .. ": " .. table.concat(all, " "))
end
arg = nil
list(_G, "_G")
for _, n in ipairs { "string", "table", "math", "coroutine", "os", "io", "debug" } do list(_G[n], n) end
print(_VERSION, math.huge, math.pi)
