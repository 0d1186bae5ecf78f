-- lua: 5.3-5.5
-- What read("n") takes for a number, and where it stops.
local f = io.tmpfile()
for _, s in ipairs { "12abc", "0x", "0xg", "1e", "1e+", "1.5.5", "-", "+5", "- 5", "1_0", "0x1p4 z", ".",
  ".e1", "  \n\t7", "1e400", "9223372036854775808", ("9"):rep(250), "inf", "0x.8p1x", "1,5", "--1", "1e1e1",
  "00012" } do f:seek("set") f:write(s, "\n|rest       ", ("pad "):rep(80)) f:flush() f:seek("set")
  local n = f:read("n") print(s:sub(1, 20), n, math.type(n), f:read("l")) end
