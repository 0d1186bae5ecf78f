-- lua: 5.4-5.5
-- Libraries that are not there.
print(pcall(package.loadlib))
print(pcall(package.loadlib, "x"))
package.path = ""
package.cpath = "./no/?.so"
print(pcall(require, "clib"))
print(pcall(require, "root.sub"))
print(type(package.searchers[3]), type(package.searchers[4]))
print(package.searchers[1]("absent"))
print(package.searchers[2]("absent"))
print(package.searchers[4]("rootonly"))
