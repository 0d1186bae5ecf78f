-- The debug library turned against the interpreter.
local function f(a, b, ...) local c, d = a, b return c, d, ... end
for i = -5, 10 do
  pcall(debug.getlocal, 1, i) pcall(debug.setlocal, 1, i, nil) pcall(debug.getlocal, f, i) pcall(debug.getupvalue, f, i)
  pcall(debug.setupvalue, f, i, print) pcall(debug.upvalueid, f, i) pcall(debug.upvaluejoin, f, i, f, 1)
  pcall(debug.getuservalue, io.stdout, i) pcall(debug.setuservalue, io.stdout, {}, i) pcall(debug.getinfo, i)
end
debug.setmetatable(1, { __index = function () return 1 end, __call = print })
debug.setmetatable(nil, { __index = {}, __call = function () end })
debug.setmetatable(print, { __index = function () return print end })
debug.setmetatable(true, { __add = function () return 1 end })
local _ = (1).x, (nil).x, print.x, true + true, (nil)()
debug.setmetatable(1, nil) debug.setmetatable(nil, nil) debug.setmetatable(print, nil) debug.setmetatable(true, nil)
local function clobber()
  local x, y, z = 1, {}, "s"
  for i = 1, 50 do if not debug.setlocal(1, i, i) then break end end
  return x
end
pcall(clobber)
local function loop()
  for i = 1, 3 do
    for n = 1, 20 do local name = debug.getlocal(1, n) if name == "(for state)" then debug.setlocal(1, n, "broken") end end
  end
end
pcall(loop)
local function generic()
  for k, v in pairs { 1, 2, 3 } do
    for n = 1, 20 do local name = debug.getlocal(1, n) if name == "(for state)" then debug.setlocal(1, n, nil) end end
  end
end
pcall(generic)
debug.sethook(function (e, l)
  for n = 1, 20 do pcall(debug.setlocal, 2, n, nil) end
end, "l")
pcall(function ()
  local a, b = 1, 2
  for i = 1, 3 do a = a + b end
  return a .. b
end)
debug.sethook()
pcall(function ()
  debug.sethook(function () debug.sethook() collectgarbage() error("from hook") end, "crl", 1)
  f(1, 2)
end)
debug.sethook()
local registry = debug.getregistry()
pcall(function () for k, v in pairs(registry) do local _ = k, v end end)
for k in pairs(package.loaded) do if k ~= "_G" then package.loaded[k] = nil end end
pcall(require, "string")
getmetatable("").__index = nil
pcall(function () return ("x"):rep(2) end)
print("survived")
