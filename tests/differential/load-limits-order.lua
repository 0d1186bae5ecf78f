-- lua: all
-- Which limit of a function is told when several are exceeded.
local load = loadstring or load
local function show(...) print((tostring(select(2, ...)):sub(1, 150):gsub("\n.*", ""))) end
local function try(src) show(load(src, "=c")) end
local function list(n, prefix, sep) local t = {} for i = 1, n do t[i] = prefix .. i end return table.concat(t, sep or ", ") end
-- 256 variables in two functions, to be upvalues of a third
local function nested(body)
  return "local " .. list(150, "a") .. "\nlocal function f()\nlocal " .. list(150, "b") .. "\nlocal function g()\n" .. body .. "\nend\nend"
end
try(nested("return " .. list(150, "a") .. ", " .. list(150, "b")))
try(nested("x(" .. list(150, "a") .. ", " .. list(150, "b") .. ")"))
try(nested("x{" .. list(150, "a") .. ", " .. list(150, "b") .. "}"))
try(nested("x = " .. list(150, "a", " + ") .. " + " .. list(150, "b", " + ")))
try(nested("x = " .. list(150, "a", " .. ") .. " .. " .. list(150, "b", " .. ")))
try(nested("local y = " .. list(150, "a", " ; local y = ") .. " ; local y = " .. list(150, "b", "; local y = ")))
try(nested(list(150, "a", " = 1; ") .. " = 1; " .. list(150, "b", " = 1; ") .. " = 1"))
try(nested("return function() return " .. list(150, "a") .. ", " .. list(150, "b") .. " end"))
try(nested("return function() x(" .. list(150, "a") .. ", " .. list(150, "b") .. ") end"))
try("local " .. list(150, "a") .. "\nx(" .. list(150, "a") .. ")")
try("local " .. list(150, "a") .. "\nx(" .. list(150, "a") .. ")\n x = = 1")
try("local " .. list(150, "a") .. "\nx(" .. list(150, "a") .. ")\n goto nope")
try("x(" .. list(300, "a") .. ")\n x = = 1")
try("x(" .. list(300, "a") .. ")\n local function f() x = = 1 end")
try("x(" .. list(260, "a") .. ", = )")
try("x(" .. list(300, "a") .. ", function() return = end)")
try("x(" .. list(200, "a") .. ", function() return x(" .. list(300, "a") .. ") end," .. list(100, "a") .. ")")
try("x(" .. list(100, "a") .. ", function() return x(" .. list(300, "a") .. ") end," .. list(300, "a") .. ")")
try("local " .. list(201, "a") .. "\nx(" .. list(300, "a") .. ")")
try("x(" .. list(300, "a") .. ")\nlocal " .. list(201, "a"))
