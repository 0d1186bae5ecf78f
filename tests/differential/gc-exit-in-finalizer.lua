-- lua: 5.4-5.5
-- A finalizer that ends the program while the state is being closed: the
-- others still run, before it goes on.
local function note (name, f)
  return setmetatable({}, { __gc = function () print(name); if f then f() end; print(name, "end") end })
end
a = note("a")
b = note("b", function () os.exit(3, true) end)
c = note("c")
d = note("d", function () error("in d") end)
local t <close> = setmetatable({}, { __close = function (_, e) print("closed", e); error("in close") end })
local u <close> = setmetatable({}, { __close = function (_, e) print("closed first", e) end })
warn("@on")
coroutine.wrap(function ()
  local v <close> = setmetatable({}, { __close = function () print("never") end })
  os.exit(2, true)
end)()
