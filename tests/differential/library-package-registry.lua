-- lua: all
-- Where the registry notes loaded C libraries.
local registry = debug.getregistry()
local function keys(t)
  local list = {}
  for k, v in pairs(t) do list[#list + 1] = tostring(k) .. "=" .. type(v) end
  table.sort(list)
  return table.concat(list, " ")
end
local function show(what, t)
  if type(t) ~= "table" then print(what, t) return end
  local mt = debug.getmetatable(t)
  print(what, keys(t), mt and keys(mt))
  local gc = mt and mt.__gc or t.__gc
  if gc then
    print(pcall(gc, t)) print(pcall(gc, {})) print((pcall(gc, 1))) print((pcall(gc)))
    print(debug.getinfo(gc, "S").what)
  end
end
show("_CLIBS", registry._CLIBS)
show("_LOADLIB", registry._LOADLIB)
for k, v in pairs(registry) do
  if type(k) == "userdata" then show("light", v) end
end
