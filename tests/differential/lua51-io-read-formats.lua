-- lua: all
-- Formats need their star.
local name = os.tmpname()
local f = assert(io.open(name, "w")) f:write("12 0x1F -3e1 abc\nlast") f:close()
f = io.open(name)
print(f:read("*n", "*n", "*n"))
print(f:read("*n"))
print(f:read("*l"), f:read(2), f:read(100), f:read(1))
print(pcall(f.read, f, "l"), pcall(f.read, f, "*x"), pcall(f.read, f, "*L"))
f:close()
os.remove(name)
