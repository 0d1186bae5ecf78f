-- lua: 5.1
-- Escapes and strings of 5.1.
print("\65\066\0" == "AB\0", "\x41", "\q", "\z", "a\
b")
local function try(s) print(select(2, loadstring(s, "=s"))) end
try("x = 'abc") try("x = 'a\nb'") try("x = '\\300'") try("x = [[abc") try("--[[abc") try("x = [=abc")
try("x = '\\2555'") try("x = 3x") try("x = 3..2") try("x = 0x5g") try("x = 1e") try("x = @")
try("x = 'abc" .. ("z"):rep(100)) try("x = }") try("x = \1") try("x = \200") try("x = $")
print([[
first line]], [==[ ]] ]==], #[[

]])
