-- lua: 5.1
-- Limits of the compiler.
local function try(s) print((select(2, loadstring(s, "=s")))) end
local names = {}
for i = 1, 201 do names[i] = "v" .. i end
try("local " .. table.concat(names, ", "))
local up = {}
for i = 1, 61 do up[i] = "local u" .. i end
local use = {}
for i = 1, 61 do use[i] = "u" .. i end
try(table.concat(up, "\n") .. "\nfunction f() return " .. table.concat(use, ", ") .. " end")
try(("("):rep(201) .. "1" .. (")"):rep(201))
try("x = " .. ("{"):rep(201) .. ("}"):rep(201))
try(("do "):rep(201) .. ("end "):rep(201))
