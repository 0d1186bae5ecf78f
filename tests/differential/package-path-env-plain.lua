-- env: LUA_PATH=;;./after/?.lua
-- env: LUA_CPATH_5_4=only
print(package.path) print(package.cpath)
