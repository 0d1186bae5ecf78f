-- lua: all
-- The traceback of a coroutine that died in a function called by a native one.
local function try(f, ...)
  local co = coroutine.create(f)
  print(coroutine.resume(co, ...))
  print((debug.traceback(co):gsub("0x%x+", "ADDR")))
  for level = 0, 10 do
    local info = debug.getinfo(co, level, "Sln")
    if not info then break end
    io.write(level, " ", info.what, " ", info.currentline, " ", tostring(info.name))
    local i = 1
    while true do
      local name, value = debug.getlocal(co, level, i)
      if not name or name:sub(1, 1) == "(" then break end
      io.write(" ", name, "=", type(value))
      i = i + 1
    end
    print()
  end
  print(debug.traceback(co, "m", 1))
  if coroutine.close then print(coroutine.close(co)) end
  collectgarbage()
  print(pcall(debug.traceback, co))
end
try(function (t) local a = 1 table.sort(t, function (x, y) local z = x error("cmp") end) end, {3, 2, 1})
try(function (s) string.gsub(s, ".", function (c) local d = c error("rep") end) end, "abc")
try(function (s) string.gsub(s, ".", function (c) table.sort({1, 2, 3}, function (a, b) return nil + a end) end) end, "abc")
try(function () tostring(setmetatable({}, {__tostring = function () error("ts") end})) end)
try(function () local t = setmetatable({}, {__index = function (t, k) error("idx") end}) local function rec(n) if n == 0 then return t.x end return (rec(n - 1)) end table.sort({1, 2}, function () return rec(4) end) end)
try(function () pcall(error, "inner") table.sort({3, 2, 1}, function (x, y) pcall(error, "inner") error("cmp") end) end)
try(function () pcall(table.sort, {3, 2, 1}, function (x, y) error("inner") end) error("outer") end)
try(function () pcall(table.sort, {3, 2, 1}, function (x, y) error("inner") end) table.sort({3, 2, 1}, function (x, y) error("outer") end) end)
try(function () load(function () error("reader") end) table.sort({3, 2, 1}, error) end)
try(function () table.sort({3, 2, 1}, 5) end)
try(function () table.concat(setmetatable({}, {__index = function (t, i) error("elem") end, __len = function() return 3 end})) end)
try(function () for i in function () error("iter") end do end end)
try(function () coroutine.wrap(function () table.sort({3, 2, 1}, function () error("in wrap") end) end)() end)
try(function () require "a.b.c" end)
try(function (...) local function f(...) return (select(2, ...)) .. nil end table.sort({1, 2}, function (...) local x = f(...) return x end) end)
