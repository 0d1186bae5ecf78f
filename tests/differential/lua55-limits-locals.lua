-- lua: 5.5
-- Local variables are counted when they come into scope.
local function names(n, prefix)
  local list = {}
  for i = 1, n do list[i] = (prefix or "a") .. i end
  return table.concat(list, ",")
end
local function try(s) local f, message = load(s, "=s") print(f and "ok", message) end
try("local " .. names(200)) try("local " .. names(201)) try("local " .. names(201) .. "\n= 1, 2\nx = 1")
try("\nlocal function f()\n local " .. names(201) .. " end")
try("local " .. names(199) .. " local function x() end local function y() end")
for hidden = 194, 200 do
  try("local " .. names(hidden) .. " for i = 1, 2 do end")
  try("local " .. names(hidden) .. " for i in x do end")
  try("local " .. names(hidden) .. " for i, j in x do\nend x = 1")
  try("local " .. names(hidden) .. " for i in x do for j in x do end end")
  try("local " .. names(hidden) .. " for i in x do end for j in x do end local x")
end
try("function f(" .. names(200) .. ") end") try("function f(" .. names(201) .. ") end") try("function f(" .. names(201) .. ", ...) end")
try("function f:x(" .. names(199) .. ") end") try("function f:x(" .. names(200) .. ") end")
try("local x <const> = 1; local " .. names(200)) try("local x <const> = 1; local " .. names(201))
try("local x <const>, y <const> = 1, 2; local " .. names(198)) try("local x <const>, y <const> = 1, 2; local " .. names(199))
try("local x <close> = nil; local " .. names(199)) try("local x <close> = nil; local " .. names(200))
try("local " .. names(150) .. " do local " .. names(50, "b") .. " end local " .. names(50, "c"))
