-- lua: 5.3-5.5
-- Methods on what is no file.
for _, m in ipairs { "close", "flush", "lines", "read", "seek", "setvbuf", "write" } do print(m,
  pcall(io.stdout[m])) print(m, pcall(io.stdout[m], {})) end
print(pcall(getmetatable(io.stdout).__tostring, 1))
print(pcall(io.type))
print(io.type(nil), io.type {}, io.stdout == io.output())
