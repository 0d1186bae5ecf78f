-- lua: 5.3-5.5
local function pass(...) return ... end
local function try(f, ...) print(pcall(function(...) return pass(f(...)) end, ...)) end
local function hex(s) return (s:gsub(".", function(c) return string.format("%02x", c:byte()) end)) end
for _, f in ipairs{"b", "B", "h", "H", "i", "I", "l", "L", "j", "J", "T", "i3", "I7", "i16", "I16", "f", "d", "n", "s1", "s", "z", "!4i1i4", "<i4", ">i4", "=i4", "c5", "!i1!2i2", "i1Xi4i4", "!8i1Xi8", "xb", " b "} do
  local v = f:find("[szc]") and "abc" or 65
  local ok, p = pcall(string.pack, f, v, v, v) print(f, ok, ok and hex(p) or p, pcall(string.packsize, f)) if ok then try(string.unpack, f, p) end
end
try(string.pack, "b", 200) try(string.pack, "B", -1) try(string.pack, "i0", 1) try(string.pack, "i17", 1) try(string.pack, "c", "x") try(string.pack, "c2", "abc") try(string.pack, "z", "a\0b") try(string.pack, "s1", ("x"):rep(300)) try(string.pack, "y", 1) try(string.pack, "X") try(string.pack, "Xz", "") try(string.pack, "!3i4", 1) try(string.pack, "!4i3", 1) try(string.pack, "b") try(string.pack, "b", "x") try(string.pack, "b", 1.5) try(string.pack, "d", {}) try(string.pack)
try(string.unpack, "b", "") try(string.unpack, "z", "abc") try(string.unpack, "zz", "abc") try(string.unpack, "s1", "\5abc") try(string.unpack, "b", "abc", 0) try(string.unpack, "b", "abc", -1) try(string.unpack, "b", "abc", -5) try(string.unpack, "b", "abc", 4) try(string.unpack, "b", "abc", 5) try(string.unpack, "i16", ("\255"):rep(16)) try(string.unpack, "I16", ("\255"):rep(16)) try(string.unpack, "i16", ("\1"):rep(16)) try(string.unpack, "c3", "ab") try(string.unpack)
try(string.packsize, "s") try(string.packsize, "z") try(string.packsize, "c2147483647") try(string.packsize, "c2147483647c1") try(string.packsize, "c2147483648") try(string.packsize, "i4c99999999999999999999") try(string.packsize, ("c2147483647"):rep(3)) 
