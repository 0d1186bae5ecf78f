-- Values that can't be closed, and errors inside handlers.
local function new(f) return setmetatable({}, { __close = f }) end
print(pcall(function () local x <close> = {} end))
print(pcall(function () local x <close> = 5 end))
print(pcall(function () local named <close> = print end))
print(pcall(function () local a <close> = new(function (_, e) error("a:" .. tostring(e), 0) end)
  local b <close> = new(function (_, e) error("b:" .. tostring(e), 0) end) error("body", 0) end))
print(pcall(function () local a <close> = new(function (_, e) print("sees", e) end)
  local b <close> = new(function () error("late", 0) end) return "lost" end))
print(pcall(function () local t = new(function () end) local x <close> = t getmetatable(t).__close = nil end))
print(pcall(function () for k in next, {}, nil, 5 do end end))
print(pcall(function () local x <close> = setmetatable({}, { __close = 5 }) end))
print(pcall(function () local x <close> = new(function () return "ignored" end) return 1, 2, 3 end))
