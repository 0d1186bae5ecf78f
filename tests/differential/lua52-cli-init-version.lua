-- lua: 5.2
-- env: LUA_INIT=print('plain')
-- env: LUA_INIT_5_2=print('version') error('in init')
-- The variable with the version comes first.
print("script")
