-- lua: 5.2-5.5
-- remove, rename, tmpname and their messages.
local a, b = os.tmpname(), os.tmpname()
local function clean(...) local t = table.pack(...) for i = 1, t.n do if type(t[i]) == "string" then
  t[i] = t[i]:gsub(a, "A"):gsub(b, "B") end end print(table.unpack(t, 1, t.n)) end
print(a ~= b, a:match("^/tmp/lua_......$") ~= nil)
clean(os.remove(b))
clean(os.remove(b))
clean(os.rename(a, b))
clean(os.rename(a, b))
clean(io.open(b) ~= nil)
clean(os.remove(b))
clean(os.remove("/nonexistent/x"))
clean(os.remove("/"))
clean(os.rename("/nonexistent/a", "/nonexistent/b"))
print(pcall(os.remove))
print(pcall(os.rename, "x"))
print(pcall(os.remove, {}))
