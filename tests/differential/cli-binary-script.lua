-- lua: 5.2-5.5
-- A precompiled script runs from a file.
local name = os.tmpname()
local f = io.open(name, "wb")
f:write(string.dump(function (...) print("binary", ...) error("in binary") end))
f:close()
print(os.execute("lua " .. name .. " a b 2>/dev/null"))
os.remove(name)
