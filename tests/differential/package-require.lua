-- lua: 5.4-5.5
-- require through preload, files, and the loaded table.
package.preload.pre = function (...) print("loading", ...) return { name = "pre" } end
local m, extra = require "pre"
print(m.name, extra, require "pre" == m, select("#", require "pre"))
package.preload.noresult = function () end
print(require "noresult", package.loaded.noresult)
package.preload.falseresult = function () return false end
print(require "falseresult", package.loaded.falseresult)
package.preload.sets = function (n) package.loaded[n] = "set by itself" end
print(require "sets")
package.preload.fails = function () error("cannot load", 0) end
print(pcall(require, "fails"))
print(package.loaded.fails)
package.loaded.fake = "fake"
print(require "fake")
local dir = os.tmpname()
os.remove(dir)
os.execute("mkdir -p " .. dir .. "/sub")
local function write(n, s) local f = io.open(dir .. "/" .. n, "w") f:write(s) f:close() end
write("mod.lua", "return { args = table.pack(...) }")
write("sub/inner.lua", "return ...")
write("bad.lua", "x = =")
write("throws.lua", "error('thrown')")
package.path = dir .. "/?.lua"
local function clean(s) return type(s) == "string" and s:gsub(dir:gsub("%p", "%%%0"), "DIR") or s end
print(require("mod").args[1], clean(require("mod").args[2]), clean(select(2, require "mod")))
print(require("sub.inner"), clean(select(2, require "sub.inner")))
print(clean(select(2, pcall(require, "bad"))))
print(clean(select(2, pcall(require, "throws"))))
os.execute("rm -r " .. dir)
