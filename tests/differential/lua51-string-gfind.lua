-- lua: 5.1
-- string.gfind was the first name of gmatch.
for a, b in string.gfind("k=v, x=y", "(%w+)=(%w+)") do print(a, b) end
print(string.gfind == string.gmatch)
for w in string.gmatch("one two", "%a+") do print(w) end
for p in string.gmatch("abc", "()") do io.write(p, " ") end print()
print(pcall(string.gmatch, "x"))
