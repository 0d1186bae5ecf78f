-- lua: 5.1
-- What setfenv and getfenv refuse.
local function try(...) print(pcall(...)) end
try(setfenv, 1)
try(setfenv, print)
try(setfenv, print, {})
try(setfenv, -1, {})
try(setfenv, 100, {})
try(setfenv, {}, {})
try(setfenv, "x", {})
try(getfenv, -1)
try(getfenv, 100)
try(getfenv, {})
try(getfenv, "x")
print(getfenv(nil) == _G)
try(setfenv, nil, {})
