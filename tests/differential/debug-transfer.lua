-- lua: 5.4-5.5
-- Hooks see the values a call or return transfers.
local function h(e) local i = debug.getinfo(2, "r") local t = {} for k = i.ftransfer,
  i.ftransfer + i.ntransfer - 1 do t[#t + 1] = tostring(select(2, debug.getlocal(2, k))) end io.write(e, "(",
  table.concat(t, ","), ") ") end
local function f(a, b) return a + b, a * b end
debug.sethook(h, "cr")
f(3, 4)
debug.sethook()
print()
