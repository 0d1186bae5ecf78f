-- lua: all
-- env: LUA_INIT=print("init", ...) x = 5
print("script", x, ...)
