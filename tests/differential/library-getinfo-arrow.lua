-- lua: 5.2-5.5
-- An option '>' of debug.getinfo.
local function show(...)
  local ok, info = pcall(debug.getinfo, ...)
  if type(info) ~= "table" then print(ok, info) return end
  local fields = {}
  for name, value in pairs(info) do
    local text = type(value) == "function" and "function" or type(value) == "table" and "table" or tostring(value)
    fields[#fields + 1] = name .. "=" .. text
  end
  table.sort(fields)
  print(ok, table.concat(fields, " "))
end
for _, options in ipairs{">", ">S", ">l", ">u", ">n", ">t", ">f", ">L", ">Lf", ">>", ">X", "S>", ""} do
  io.write(options, ": ") show(1, options)
  io.write(options, " of a function: ") show(print, options)
end
local co = coroutine.create(function() coroutine.yield() end)
coroutine.resume(co)
show(co, 0, ">") show(co, 9, ">S")
