-- lua: 5.1 5.2
-- Hexadecimal numerals without digits, and others that end early.
local n = os.tmpname()
for _, s in ipairs{"0x.8p1", "0x.p1", "0x.p1z", "0x.", "0x.z", "0xp1", "0x1p", "0x1p+", "0x1p+z", "0x.p","0x.pz","0x.p+z","0x.p+","0x.p+12z", "0x", "0xz", ".", ".e1", ".p1", "1.", "1.e5", "0x1.", "0x1.p3", "0x.1e1", "-0x.p1", "0x.p-1", "0x.ep1", "0x..p1", ".ex", "0x.P5", "0e", "0x0p", "0.e1", "0x.p99999"} do
 local f = io.open(n, "w") f:write(s) f:close() f = io.open(n) print(s, f:read("*n"), f:read("*a")) f:close()
end
for _, s in ipairs{"-0", "0x" .. ("f"):rep(30), "-0x8000000000000000", ("1"):rep(199)} do
  local f = io.open(n, "w") f:write(s) f:close() f = io.open(n) print(s, f:read("*n"), f:read("*a")) f:close()
end
os.remove(n)
