-- lua: 5.2
-- What io functions answer.
local name = os.tmpname()
local f = assert(io.open(name, "w"))
print(io.type(f), f:write("line 1\n", 2, "\nrest\n\nend") == f)
print(f:close(), io.type(f), pcall(f.write, f, "x"))
f = io.open(name) print(f:read("*l"), f:read("*n"), f:read("*L"), f:read("*L"), f:read(0), f:read("*a"), f:read("*a"), f:read("*l"), f:read(0)) f:close()
for a, b in io.lines(name, 1, "*l") do io.write("[", a, "|", tostring(b), "]") end print()
print(pcall(io.lines, name, "*x")) print(pcall(io.lines, "/no/such")) print(io.open("/no/such")) print(pcall(io.open, name, "rw"))
local p = io.popen("exit 3") print(p:close()) print(io.popen("echo hi"):read("*a"))
print(os.remove(name), (os.remove(name))) print(f:seek == nil, tostring(f))
