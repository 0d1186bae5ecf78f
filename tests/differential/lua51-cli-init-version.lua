-- lua: all
-- env: LUA_INIT=print('plain')
-- env: LUA_INIT_5_1=print('version')
-- Only LUA_INIT counts.
print("script")
