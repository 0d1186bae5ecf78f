-- env: LUA_PATH_5_4=./env54/?.lua;;
-- env: LUA_PATH=./env/?.lua
-- env: LUA_CPATH=./cenv/?.so;;./last/?.so
print(package.path) print(package.cpath)
