-- lua: all
-- Counts of bytes that are negative, and methods called without a file.
local name = os.tmpname()
local f = io.open(name, "w") f:write("hello\nworld") f:close()
f = io.open(name)
for _, count in ipairs{-1, -5, -42, -43, -2^31, -2^40} do
  f:seek("set", 2)
  print(count, pcall(f.read, f, count))
  print(pcall(f.read, f, count))
end
f:close() os.remove(name)
print(pcall(io.close, 1)) print(pcall(io.close, {})) print(pcall(io.close, nil))
print(pcall(f.close, 1)) print(pcall(f.close, nil)) print(pcall(f.close, f)) print(pcall(io.close, f))
print(pcall(io.stdin.close)) print(pcall(f.read)) print(pcall(f.write))
print(io.close == io.stdin.close)
