-- lua: all
-- env: LUA_INIT=@no-such-init.lua
print("not reached")
