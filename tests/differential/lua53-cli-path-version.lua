-- lua: 5.3
-- env: LUA_PATH_5_3=./?.own;;
-- env: LUA_PATH=./?.plain
-- env: LUA_CPATH=./?.c;;
print(package.path) print(package.cpath)
