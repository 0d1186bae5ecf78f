-- lua: 5.4-5.5
-- searchpath with separators of every kind.
print(package.searchpath("a.b", "./?.x;./?/init.x"))
print(package.searchpath("a.b", "./?.x", ""))
print(package.searchpath("a-b", "?;?.y", "-", "+"))
print(package.searchpath("x", ""))
print(package.searchpath("x", ";;"))
print(pcall(package.searchpath, "x"))
print(package.searchpath("searchpath-probe", "?.none;package-?.lua", "-"))
print(package.searchpath("package-searchpath", "nope/?.lua;?.lua"))
print(package.config)
print(type(package.searchers), #package.searchers, type(package.preload), package.loaded.string == string,
  package.loaded._G == _G, package.loaded["coroutine"] == coroutine)
