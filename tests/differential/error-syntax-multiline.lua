-- lua: 5.2-5.5
-- An unmatched opener is named with its line.
local function try(s) print((select(2, load(s, "=c")))) end
try "if x then\n\n\nx = 1"
try "f(\n1,\n2\nx = 1"
try "x = {\n1,\n2\n"
try "do\nend\nend"
try "function f()\n\nreturn 1\n"
try "for i = 1, 2 do\n\n"
try "while true do\nif x then\nend\n"
try "repeat\n\nx = 1\n"
try "x = (\n1\n"
try "x = a[\n1\n"
try "x = {[\n1\n= 2}"
