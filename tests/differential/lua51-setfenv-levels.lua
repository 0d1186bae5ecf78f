-- lua: 5.1
-- setfenv by level: the running function, its caller, the thread.
local print, setfenv, getfenv = print, setfenv, getfenv
local function caller()
  local function callee() setfenv(2, { name = "changed" }) end
  callee()
  return name
end
print(caller())
local function own() setfenv(1, { v = 5 }) return v end
print(own())
print(getfenv(1) == _G)
local co = coroutine.create(function()
  setfenv(0, { inside = true })
  return getfenv(0).inside, getfenv(1).inside
end)
print(coroutine.resume(co))
print(getfenv(0).inside)
