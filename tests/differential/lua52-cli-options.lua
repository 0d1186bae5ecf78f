-- lua: 5.2
-- cmdline: -Exy -v -e print(arg) -e print(package.path) {} a
-- env: LUA_PATH=nope
-- env: LUA_INIT=print('init')
-- -E takes whatever follows it.
print(arg[0], arg[1], arg[-1], ...)
