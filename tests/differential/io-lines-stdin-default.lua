-- lua: 5.3-5.5
-- stdin: a
-- stdin: b
-- stdin: c
for l in io.lines(nil, "L") do io.write("<", l, ">") break end
print()
for a in io.stdin:lines(1) do io.write(a) end
print(io.read("a"), io.read("l"))
