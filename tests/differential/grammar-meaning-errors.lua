-- lua: all
-- Lines of errors of meaning, many values returned, scopes while a loop's variables are closed.
local load = loadstring or load
local function try(s) local f, message = load(s, "=s") print(f and "ok", message) end
try("::L1::\n::L1::\n\nx = 1") try("global none\nlocal x = b\nlocal y") try("local <close> a, b\nx = 1")
try("local a <const> = 1\na\n=\n2") try("do\ngoto x\nend\n\n") try("break\n\n") try("local a <what>\n= 1")
try("local a <close>, b <close>\n = 1") try("global a <close>\nx = 1")
for _, count in ipairs{100, 240, 253, 254, 255, 256, 260} do
  local f, message = load("local x = ...\nreturn 10" .. (",10"):rep(count - 1) .. "\n", "=s")
  print(count, f and select("#", f()), message)
  f, message = load("local x = ...\nreturn x" .. (",x"):rep(count - 2) .. ", ...\n", "=s")
  print(count, f and select("#", f(1, 2)), message)
  f, message = load("local f = print\nreturn f" .. (",f"):rep(count - 2) .. ", f()\n", "=s")
  print(count, f and "ok", message)
end
local seen = {}
local mt = {__close = function() seen[#seen + 1] = tostring(debug.getlocal(2, 2)) seen[#seen + 1] = tostring(debug.getlocal(2, 3)) end}
local f = load([[
  local mt, seen = ...
  local function foo(a)
    repeat
      local x
      local i <close> = setmetatable({}, mt)
      local old = a
      a = true
    until old
  end
  foo(false)
]])
if f then f(mt, seen) print(table.concat(seen, " ")) end
local lines = {}
local g = load("local n = 0 repeat local k = n; local h = function() return k end n = n + 1 until n > 2 and h() > 0 return n")
print(g())
