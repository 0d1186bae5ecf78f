-- lua: 5.1 5.2 5.3 5.4 5.5
-- Limits of the compiler, and what is said when one is exceeded.
local load = loadstring or load
local function try(source)
  local f, message = load(source, "=s")
  print(source:sub(1, 40), f and "compiled" or message:match("^[^\n]*"))
end
local function list(n, text, separator)
  local parts = {}
  for i = 1, n do
    parts[i] = text:gsub("#", i)
  end
  return table.concat(parts, separator)
end

try("x = " .. ("("):rep(300) .. "1" .. (")"):rep(300))
try("x = " .. ("-"):rep(300):gsub("-", "- ") .. "1")
try("x = " .. ("not "):rep(300) .. "1")
try("x = " .. ("{"):rep(300) .. ("}"):rep(300))
try("x = " .. ("a.."):rep(300) .. "a")
try("x = " .. ("2^"):rep(300) .. "2")
try(("do "):rep(300) .. ("end "):rep(300))
try(("while x do "):rep(300) .. ("end "):rep(300))
try(("if x then "):rep(300) .. ("end "):rep(300))
try(("x = function() "):rep(300) .. ("end "):rep(300))
try(("function f() "):rep(60) .. ("end "):rep(60) .. "x = = 1")
try(list(200, "local a#", "\n"))
try(list(201, "local a#", "\n"))
try("local " .. list(201, "a#", ","))
try("function f()\n" .. list(201, "local a#", "\n") .. "\nend")
try("function f(" .. list(201, "a#", ",") .. ") end")
for _, n in ipairs{59, 60, 61} do
  try(list(n, "local a#", " ") .. "\nfunction f()\n return " .. list(n, "a#", ",") .. "\nend")
end
try(list(150, "local a#", " ") .. " function g() " .. list(150, "local b#", " ") ..
    " function f()\n local x " .. list(150, "x = a#", "\n") .. "\n" .. list(150, "x = b#", "\n") .. "\nend end")
try("local x = f(" .. list(240, "a#", ",") .. ")")
try("local x = f(" .. list(260, "a#", ",") .. ")")
try("local x = {" .. list(1000, "a#", ",") .. "}")
try("x = " .. list(300, "a#", " .. "))
try("return " .. list(300, "a#", ","))
try("local function f() return " .. list(300, "a#", "\n,") .. " end")
try("local " .. list(150, "a#", ",") .. " = " .. list(150, "b#", ","))
try("f" .. ("()"):rep(1000))
try("x = a" .. (".b"):rep(1000))
try("x = a" .. ("[1]"):rep(1000))
