-- lua: 5.3-5.5
-- Reading standard input in every way.
-- stdin: first line
-- stdin: 42 0x10 word
-- stdin: third
-- stdin: fourth
-- stdin-raw: no newline at the end
print(io.read())
print(io.read("n", "n", "l"))
print(io.stdin:read(3), io.read("L"))
for l in io.lines() do print("line", l) end
print(io.read(), io.read("a"), io.read(0), io.stdin:close())
print(pcall(io.read))
