-- lua: 5.1
-- What module refuses.
clash = 5
print(pcall(module, "clash.inner"))
print(pcall(module))
package.loaded.good = nil
print(pcall(function() module("good", function(m) m.added = true end) end))
print(good.added, good._NAME, good._PACKAGE == "")
print(pcall(package.seeall))
print(package.seeall({}) == nil)
