-- lua: 5.1
-- What package holds.
local names = {}
for k in pairs(package) do names[#names + 1] = k end
table.sort(names)
print(table.concat(names, " "))
print(#package.loaders, package.searchers, package.searchpath)
print(package.config)
print(package.path) print(package.cpath)
package.preload.made = function(...) print("made", ...) return nil end
print(require("made"), package.loaded.made, require("made"))
package.preload.value = function() return 42 end
print(require("value"), package.loaded.value)
package.preload.loop = function() return require("loop") end
print(pcall(require, "loop"))
