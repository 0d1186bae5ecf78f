-- lua: 5.3
-- cmdline: -E -v -e print(arg[1],arg[-1]) -e print(package.path) {} a
-- env: LUA_PATH=nope
-- env: LUA_INIT=print('init')
print(arg[0], arg[1], arg[-1], ...) arg = 5
