-- Writing to a closed standard output.
local p = io.popen("lua -e 'print(1) io.stderr:write(tostring(io.write(2)), [[ ]], tostring(io.stdout:flush()))' 2>&1 >&-")
print(p:read("a"))
print(p:close())
