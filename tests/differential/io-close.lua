-- lua: 5.4-5.5
-- Closing files, standard ones too, and using them afterwards.
local f = io.tmpfile()
print(f:close())
print(pcall(f.close, f))
print(tostring(f))
print(pcall(io.close, f))
print(pcall(io.close, 5))
do local c <close> = io.tmpfile() f = c end
print(io.type(f))
print(pcall(function () local x <close> = io.tmpfile() error("e", 0) end))
print(io.type(io.stderr), pcall(getmetatable(f).__gc, f), getmetatable(f).__name,
  getmetatable(f).__index.read == f.read)
print(io.stderr:write("to stderr\n") == io.stderr)
print(f.nofield, pcall(function () f.x = 1 end))
print(io.tmpfile().read ~= nil, pcall(function () return #f end))
print(io.stdin:close(), pcall(io.read))
print(io.stdout:close())
