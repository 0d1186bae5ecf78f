-- The global names and what they are.
local names = {}
for k, v in pairs(_G) do names[#names + 1] = k .. ":" .. type(v) end
table.sort(names)
print(table.concat(names, " "))
for _, lib in ipairs { "string", "table", "math", "io", "os", "coroutine", "utf8", "debug", "package" } do
  names = {} for k, v in pairs(_G[lib]) do names[#names + 1] = k .. ":" .. type(v) end table.sort(names)
  print(lib, table.concat(names, " ")) end
print(_VERSION, _G._G == _G, math.type(1), type(type))
names = {}
for k in pairs(getmetatable(io.stdout)) do names[#names + 1] = k end
table.sort(names)
print(table.concat(names, " "))
names = {}
for k in pairs(getmetatable("")) do names[#names + 1] = k end
table.sort(names)
print(table.concat(names, " "))
