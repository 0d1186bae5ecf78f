-- lua: 5.5
-- require and its second result.
package.path = "./?.nothing" package.cpath = "" package.preload.p = function(...) print(...) return "value" end print(require("p")) print(require("p")) print(pcall(require, "unknown")) print(#package.searchers, package.searchpath("x", "?.a;?.b")) package.preload.n = function() end print(require("n")) package.searchers = nil print(pcall(require, "y"))
