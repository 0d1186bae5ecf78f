-- lua: all
-- Which argument is blamed when several are wrong; names as strings of C.
local function try(name, f)
  if f then print(name, pcall(function() f({}, {}) end), pcall(function() f({}) end)) end
end
for _, name in ipairs { "pow", "fmod", "atan2", "ldexp", "atan", "log", "ult" } do try(name, math[name]) end
for _, name in ipairs { "lshift", "rshift", "arshift", "lrotate", "rrotate", "extract" } do try(name, bit32 and bit32[name]) end
try("rep", string.rep) try("sub", string.sub) try("difftime", os.difftime)
print(pcall(function() table.sort({}, "x") end))
print(pcall(function() table.sort({ 1 }, {}) end))
print(pcall(function() collectgarbage("a\0b") end))
print(pcall(function() local t = {} return t["a\0b"].c end))
print(pcall(function() return ("x")["a\0b"].c end))
print(pcall(function() local t = {} t["f\0g"]() end))
print(pcall(function() return "a\0b" * {} end))
