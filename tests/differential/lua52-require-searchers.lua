-- lua: 5.2
-- package.searchers and what require says.
package.path, package.cpath = "./?.nothing;?", "./?.none"
print(#package.searchers) package.searchers[3], package.searchers[4] = nil
package.preload.p = function(...) print(...) return "value" end
print(require("p"), require("p"), package.loaded.p)
package.searchers[2] = function(n) return "\n\tmine: " .. n end
print(pcall(require, "unknown"))
package.searchers[2] = function(n) return function(...) return { ... } end, "extra" end
local r = require("other") print(r[1], r[2])
package.searchers = nil print(pcall(require, "x"))
print(package.searchpath("a.b", "?.x;?/y"), package.searchpath("a.b", "?", "", "") == nil)
