-- lua: 5.3-5.5
-- Binary garbage instead of a program.
local name = os.tmpname()
local function try(bytes)
  local f = io.open(name, "wb")
  f:write(bytes)
  f:close()
  local p = io.popen("lua " .. name .. " 2>&1; echo $?")
  print((p:read("a"):gsub("[^\n]*" .. name:match("[^/]+$"), "NAME")))
  p:close()
end
try("\0\1\2\3")
try("\x7fELF\2\1\1")
try("\27Lua")
try("\27LuaXYZ garbage that is longer than any header would be")
try("\x89PNG\r\n")
try("")
os.remove(name)
