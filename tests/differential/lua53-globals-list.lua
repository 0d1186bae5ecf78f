-- lua: 5.3
-- The global names and those in the libraries.
local function list(t, name)
  local all = {}
  for k in pairs(t) do all[#all + 1] = tostring(k) end
  table.sort(all)
  print(name .. ": " .. table.concat(all, " "))
end
arg = nil
list(_G, "_G")
for _, n in ipairs { "string", "table", "math", "coroutine", "os", "io", "debug", "package", "bit32", "utf8" } do if _G[n] then list(_G[n], n) end end
print(_VERSION, package.config)
