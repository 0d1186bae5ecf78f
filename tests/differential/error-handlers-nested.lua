-- lua: all
-- Message handlers that fail time and again: how often they are called, and what
-- they are told at the end.
local unpack = table and table.unpack or unpack
local function err (n)
    if type(n) ~= "number" then return n
    elseif n == 0 then return "END"
    else error(n - 1) end
end
for _, n in ipairs{5, 10, 20, 50,100,150,170,180,185,190,192,193,194,195,196,197,198,199,200,205,210,215,218,220,225,300,1000} do
  local ok, msg = xpcall(error, err, n)
  print(n, ok, msg)
  local ok, msg = xpcall(function() error(n) end, err)
  print(n, ok, msg)
end
-- deep handlers that always fail, with counts
local n = 0
local function h(m) n = n + 1; error("x") end
print(xpcall(error, h, 1)); print(n)
n = 0
local msgs = {}
local function h(m) n = n + 1; msgs[#msgs+1] = tostring(m); error(m, 0) end
print(xpcall(error, h, "a")); print(n, msgs[1], msgs[#msgs], msgs[#msgs-1])
for i = 2, #msgs do if msgs[i] ~= msgs[i-1] then print(i, msgs[i-1], msgs[i]) end end
n = 0 msgs = {}
local function h(m) n = n + 1; msgs[#msgs+1] = tostring(m); local x = nil + 1 end
print(xpcall(error, h, "a")); print(n, msgs[1], msgs[#msgs], msgs[#msgs-1])
for i = 2, #msgs do if msgs[i] ~= msgs[i-1] then print(i, msgs[i-1], msgs[i]) end end
n = 0
print(xpcall(error, error, "a"))
print(xpcall(error, error))
print(xpcall(error, error, {}))
print(xpcall(error, print, "a"))


local co = coroutine.create(function() print(xpcall(error, err, 300)); print(xpcall(error, err, 190));print(xpcall(error, err, 180))print(xpcall(error, err, 150)) end)
print(coroutine.resume(co))
-- nested in pcalls
local function nest(d, f) if d == 0 then return f() end return select(2, pcall(nest, d-1, f)) end
for _, d in ipairs{0, 50,100,150,170,180,185} do
 n = 0
 print(nest(d, function() return xpcall(error, function(m) n = n+1 error(m,0) end, "a") end)); print(n)
end
-- calls of other kinds between the handlers
local function count(call)
  n = 0
  local told = {}
  local function h(m)
    n = n + 1
    m = tostring(m)
    if m ~= told[#told] then told[#told + 1] = m end
    call(m)
  end
  print(xpcall(function () error("x", 0) end, h))
  print(n, table.concat(told, "|"))
end
local function fail(m) error(m, 0) end
count(fail)
count(function (m) return (string.gsub("x", "x", function () fail(m) end)) end)
count(function (m) return -setmetatable({}, {__unm = function () fail(m) end}) end)
count(function (m) for i in fail, m do end end)
count(function (m) for i in function () fail(m) end do end end)
count(function (m) local s, e = pcall(fail, m) fail(e) end)
