-- Strings of many megabytes.
local s = ("0123456789"):rep(2000000)
print(#s, s:sub(-3), #(s .. s), s:find("9", 19999995, true), select(2, s:gsub("9", "")))
-- expect: 20000000	789	40000000	20000000	2000000
