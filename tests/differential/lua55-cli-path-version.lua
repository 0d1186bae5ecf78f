-- lua: 5.5
-- env: LUA_PATH_5_5=./?.own;;
-- env: LUA_PATH=./?.plain
-- env: LUA_CPATH=./?.c;;
print(package.path) print(package.cpath)
