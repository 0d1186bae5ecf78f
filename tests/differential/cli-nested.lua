-- lua: 5.3-5.5
-- The interpreter runs itself through arg[-1].
local p = io.popen(arg[-1] .. " -e 'print(10)' -e 'error()' 2>&1")
print(p:read("a"))
print(p:close())
