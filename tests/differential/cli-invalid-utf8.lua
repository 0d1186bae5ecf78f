-- lua: 5.3-5.5
-- Bytes that are no UTF-8, in source and in arguments.
local p = io.popen("lua -e 'print(#... == nil)' 2>&1; lua -e 'print(#arg[1], arg[1]:byte(1, -1))' - $(printf 'a\\377b') < /dev/null; lua - $(printf '\\377\\376') <<'X'\nprint(#..., (...):byte(1, -1))\nX")
print(p:read("a"))
print(load("return '\xff\xfe', #'\x80'")())
print(load("\xff = 1"))
print(load("x = '\xff"))
print(load("local caf\xc3\xa9 = 1"))
