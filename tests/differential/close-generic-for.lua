-- lua: 5.2-5.4
-- The fourth value of a generic loop is closed.
local function closer(name) return setmetatable({}, { __close = function (_, e) io.write(name, ":",
  tostring(e), " ") end }) end
local function iter(n, c) local i = 0 return function () i = i + 1 if i <= n then return i end end, nil, nil, c end
for i in iter(2, closer "end") do io.write(i, " ") end
print()
for i in iter(5, closer "break") do if i == 2 then break end end
print()
print(pcall(function () for i in iter(5, closer "error") do error("e", 0) end end))
print((function () for i in iter(5, closer "return") do return i end end)())
for i in iter(1, nil) do io.write(i, " ") end
for i in iter(1, false) do io.write(i, " ") end
print()
print(pcall(function () for i in iter(1, {}) do end end))
for i in iter(3, closer "outer") do for j in iter(3, closer "inner") do if j == i then goto continue end
  end ::continue:: end
print()
