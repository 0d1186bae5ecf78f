-- lua: all
-- env: LUA_INIT=x =
print("not reached")
