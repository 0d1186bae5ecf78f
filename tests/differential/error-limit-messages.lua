-- lua: all
-- Too many of something in one function.
-- Nesting too deep raises no syntax error, so it must be caught.
local function try(s) print(select(-1, pcall(load, s, "=c"))) end
local names = {}
for i = 1, 201 do names[i] = "v" .. i end
try("local " .. table.concat(names, ", "))
try("local " .. table.concat(names, "; local "))
local params = table.concat(names, ", ")
try("function f(" .. params .. ") end")
for i = 1, 260 do names[i] = "w" .. i end
local parts = {}
for b = 0, 2 do
  for i = 1, 100 do parts[#parts + 1] = "local u" .. b * 100 + i .. "\n" end
  parts[#parts + 1] = "local function f" .. b .. "()\n"
end
for i = 1, 256 do parts[#parts + 1] = "u" .. i .. " = 1\n" end
try(table.concat(parts))
try("x = " .. ("("):rep(300) .. "1")
try("x = " .. ("{"):rep(300) .. "1")
try(("do "):rep(300))
try("x = " .. ("-"):rep(300) .. "1")
try("f(" .. ("a, "):rep(300) .. "a)")
