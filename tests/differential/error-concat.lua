-- lua: all
-- Concatenation names the operand that is neither string nor number.
local t, n = {}, nil
print(pcall(function () return "a" .. n end))
print(pcall(function () return n .. "a" end))
print(pcall(function () return t .. "a" end))
print(pcall(function () return "a" .. t.x end))
print(pcall(function () return "a" .. "b" .. t.x .. "c" end))
print(pcall(function () return 1 .. {} end))
print(pcall(function () return print .. 1 end))
print(pcall(function () return undefinedglobal .. "" end))
print(pcall(function () return true .. false end))
