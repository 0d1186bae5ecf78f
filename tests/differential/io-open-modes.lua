-- lua: 5.3-5.5
-- Modes and messages of io.open.
local name = os.tmpname()
local function try(...) local f, m, c = io.open(...) if f then io.write("ok ") f:close()
  print() else print((m:gsub(name, "NAME")), c) end end
for _, m in ipairs { "w", "r", "a", "r+", "w+", "a+", "rb", "wb", "ab", "r+b", "w+b", "a+b" } do try(name, m) end
for _, m in ipairs { "", "x", "rw", "rr", "r++", "rb+", "wbb", "+r", "R", "br", "rt" } do print(m,
  pcall(io.open, name, m)) end
os.remove(name)
try(name)
try(name, "r+")
try("/nonexistent/dir/file", "w")
try("/", "w")
try("/")
try("")
print(pcall(io.open))
print(pcall(io.open, {}, "r"))
