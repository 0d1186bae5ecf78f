-- lua: 5.3
-- Formats without star, integers from files.
local name = os.tmpname() local f = assert(io.open(name, "w")) f:write("12 0x1F -3e1 9007199254740993 1e+ abc\nlast\n\nend") f:close() f = io.open(name)
print(f:read("n", "n", "n", "n")) print(f:read("n")) print(f:read("l"), f:read("L"), f:read("*l"), f:read(0), f:read("a"), f:read("a"), f:read("l"), f:read(0)) print(pcall(f.read, f, "x")) print(f:seek("set", 3), f:read(4), f:seek("cur", -2), f:seek("end")) print(pcall(f.seek, f, "bad")) print(pcall(f.seek, f, "set", 1.5)) f:close() print(tostring(f), io.type(f), pcall(f.read, f))
for a, b in io.lines(name, 1, "l") do io.write("[", a, "|", tostring(b), "]") end print() print(pcall(io.lines, name, "x")) print(pcall(io.lines, "/no/such")) print(io.open("/no/such")) print(pcall(io.open, name, "rw")) local p = io.popen("exit 3") print(p:close()) print(pcall(io.popen, "x", "q")) print(os.remove(name), (os.remove(name)))
