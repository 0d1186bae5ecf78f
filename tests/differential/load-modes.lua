-- lua: 5.2-5.5
-- The mode argument allows text, binary or both.
local binary = string.dump(function (a) return a * 2 end)
print(load(binary)(21), load(binary, "b", "b")(4), load(binary, "b", "bt")(5))
print(load(binary, "b", "t"))
print(load("return 1", "t", "b"))
print(load("return 1", "=t", "t")(), load("return 1", "=t", "bt")(), load("return 1", "=t", "x"))
print(binary:sub(1, 4) == "\27Lua", binary:byte(5) == 0x54)
print(load("\27Lua", "=cut", "t"))
print(load(binary:sub(1, 10), "=cut"))
print(load(binary:sub(1, -2), "=cut"))
print(load("\27Luanonsense", "=bad"))
print(load("\27", "=bad"))
