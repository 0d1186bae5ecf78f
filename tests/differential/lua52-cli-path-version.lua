-- lua: 5.2
-- env: LUA_PATH_5_2=./?.own;;
-- env: LUA_PATH=./?.plain
-- env: LUA_CPATH=./?.c;;
print(package.path) print(package.cpath)
