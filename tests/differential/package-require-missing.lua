-- lua: 5.4-5.5
-- The message that lists every place tried.
package.path = "./?.none;./sub/?.none"
package.cpath = "./?.sonone"
print(pcall(require, "missing.module"))
print(pcall(require, "missing-v2"))
package.path = ""
package.cpath = ""
print(pcall(require, "x"))
print(pcall(require))
print(pcall(require, {}))
package.path = nil
print(pcall(require, "x"))
package.path = ";;"
print(pcall(require, "y"))
package.path = 5
print(pcall(require, "z"))
package.path = ""
package.searchers = nil
print(pcall(require, "w"))
package.searchers = {}
print(pcall(require, "v"))
