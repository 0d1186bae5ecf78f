-- lua: all
-- env: LUA_INIT=print("generic")
-- env: LUA_INIT_5_4=print("specific")
print("script")
