-- User values, registry, and metatables through debug.
print(debug.getuservalue(io.stdout), debug.getuservalue({}), debug.getuservalue(io.stdout, 2),
  pcall(debug.setuservalue, {}, 1))
print(debug.setuservalue(io.stdout, 1, 5), type(debug.getregistry()), debug.getregistry()[2] == _G,
  type(debug.getregistry()[1]))
print(debug.getmetatable("").__index == string, debug.getmetatable(io.stdout).__name, debug.getmetatable(nil),
  debug.setmetatable({}, nil) ~= nil)
print(debug.getregistry()._LOADED == package.loaded, debug.getregistry()._PRELOAD == package.preload,
  debug.setcstacklimit(100), type(debug.setcstacklimit(200)))
