-- lua: 5.4-5.5
-- lines with formats, and closing.
local name = os.tmpname()
local f = io.open(name, "w")
f:write("one\ntwo\n\nfour\n5 6 7")
f:close()
for l in io.lines(name) do io.write("[", l, "]") end
print()
for l in io.lines(name, "L") do io.write("[", l, "]") end
print()
for a, b in io.lines(name, 1, 2) do io.write(a, "|", tostring(b), ";") end
print()
f = io.open(name)
for l in f:lines() do if l == "two" then break end end
print(f:read("l"), f:read("l"), f:read("n", "n", "n"), f:read("l"), io.type(f))
f:close()
print(pcall(f.lines, f))
print(pcall(io.lines, name, "x"))
print(pcall(io.lines, name .. "missing") == false)
local it = io.lines(name)
while it() do end
print(pcall(it))
print(select("#", io.lines(name)), io.type(select(4, io.lines(name))))
for l in io.lines(name, "a") do io.write(#l, ";") if #l == 0 then break end end
print()
f = io.open(name)
it = f:lines()
f:close()
print(pcall(it))
print(pcall(io.lines, {}))
local many = {}
for i = 1, 251 do many[i] = "l" end
print(pcall(io.lines, name, table.unpack(many)))
os.remove(name)
