-- env: LUA_INIT=print("ignored")
-- env: LUA_PATH=ignored
-- cmdline: -E {}
print(package.path)
