-- lua: 5.3-5.5
-- Writing to a closed standard output is no reason to fail.
for _, code in ipairs { "print(1)", "io.write(1)", "print(1) io.stdout:flush()", "print(1) error('x')" } do
  local p = io.popen("lua -e \"" .. code .. "\" 2>&1 >&-")
  print(p:read("a"))
  print(p:close())
end
local p = io.popen("lua -e 'io.stderr:write(io.type(io.stdout), [[ ]], io.type(io.stderr))' 2>&1 >&-")
print(p:read("a"), p:close())
