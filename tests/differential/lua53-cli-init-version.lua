-- lua: 5.3
-- env: LUA_INIT=print('plain')
-- env: LUA_INIT_5_3=@no-such-file
print("script")
