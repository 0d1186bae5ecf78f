-- lua: all
local name = os.tmpname()
for _, s in ipairs{"1e 2", "1e+ 2", "1e-x", "0x 3", "0xg", "5.x", ". 1", ".x", "- 1", "+x", "-.", "infx", "infin 2", "infinity", "na 1", "nan(12) 3", "nan( 4", "0x1p 2", "0x1.8p1 2", "1.5e3e 2", "--1", "0b1", "1_0", "1,2", "00012", "1e5000 1", "0x1p+ 7", "-inf 1", "NAN 1", "InF 2"} do
 local f = io.open(name, "w") f:write(s) f:close()
 f = io.open(name) local a = f:read("*n") local r = f:read("*a") f:close() print(s, tostring(a):gsub("-nan","nan"), r)
end os.remove(name)
