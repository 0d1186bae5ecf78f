-- lua: all
-- error's level chooses the position that is put in front.
local function f(level) error("message", level) end
local function g(level)
  f(level)
end
print(pcall(g))
print(pcall(g, 0))
print(pcall(g, 1))
print(pcall(g, 2))
print(pcall(g, 3))
print(pcall(g, 4))
print(pcall(g, 50))
print(pcall(g, -1))
print(pcall(error, "direct"))
print(pcall(error, "direct", 1))
print(pcall(error, "direct", 2))
print(pcall(error))
print(pcall(error, nil))
print(select("#", pcall(error)))
