-- lua: all
-- env: LUA_INIT=error("from init")
print("not reached")
