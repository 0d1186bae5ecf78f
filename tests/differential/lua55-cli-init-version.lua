-- lua: 5.5
-- env: LUA_INIT=print('plain')
-- env: LUA_INIT_5_5=print('version') error('in init')
print("script")
