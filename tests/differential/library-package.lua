-- lua: all
local function pass(...) return ... end
local function mask(ok, ...)
  local r = {...}
  for i = 1, select("#", ...) do
    if type(r[i]) == "string" then r[i] = r[i]:gsub("/tmp/lua_%w+", "TMP") end
  end
  return ok, (unpack or table.unpack)(r, 1, select("#", ...))
end
local function try(f, ...) print(mask(pcall(function(...) return pass(f(...)) end, ...))) end
print(package.path) print(package.cpath) print((package.config:gsub("\n", "|")))
local dir = os.tmpname() os.remove(dir)
local mod = dir .. "_mod"
local f = io.open(mod .. ".lua", "w") f:write("local a = {...} a.n = select('#', ...) return a") f:close()
package.path = dir .. "_?.lua;;" .. "x/?.lua" package.cpath = "y/?.so"
local r, x = require("mod") print(r.n, r[1], r[2] and r[2]:gsub("^.*_", ""), x and x:gsub("^.*_", ""), package.loaded.mod == r) print(select("#", require("mod")))
local function clean(ok, m) print(ok, type(m) == "string" and m:gsub(dir:gsub("%p", "%%%0"), "DIR") or m) end
clean(pcall(require, "nope")) clean(pcall(require, "nope.sub"))
f = io.open(dir .. "_bad.lua", "w") f:write("x x") f:close() clean(pcall(require, "bad"))
f = io.open(dir .. "_err.lua", "w") f:write("error('oops')") f:close() print((select(2, pcall(require, "err")):gsub("^.*_", ""))) print((select(2, pcall(require, "err")):gsub("^.*_", "")))
f = io.open(dir .. "_none.lua", "w") f:write("loaded = ...") f:close() print(require("none"), loaded, package.loaded.none)
f = io.open(dir .. "_loop.lua", "w") f:write("if not DEPTH then DEPTH = 1 return require('loop') end return 'deep'") f:close() print(mask(pcall(require, "loop")))
f = io.open(dir .. "_false.lua", "w") f:write("return false") f:close() print(mask(true, require("false"))) print(package.loaded["false"]) print(mask(true, require("false")))
package.preload.pre = function(...) return select("#", ...) .. tostring((select(2, ...))) end print(require("pre"))
try(require) try(require, {}) 
local s = package.searchers or package.loaders print(#s, package.searchers == package.loaders)
print(s[1]("xx")) clean(true, s[2]("xx")) print(s[3]("xx")) print(s[4]("xx"), select("#", s[4]("xx"))) print(s[4]("x.y")) print(select("#", s[2]("mod")))
table.insert(s, 1, function(n) if n == "virt" then return function(...) return select("#", ...) .. ":" .. tostring((select(2, ...))) end, "data" end return "\n\tno virt '" .. n .. "'" end)
print(require("virt")) clean(pcall(require, "zz"))
if package.searchpath then print(package.searchpath("mod", "nope/?.lua;" .. dir .. "_?.lua") == mod .. ".lua") print(package.searchpath("a.b", "?.x;;?/y")) print(package.searchpath("a-b", "?.x", "-", "+")) print(package.searchpath("a", "")) try(package.searchpath, "a") end
package.path = nil clean(pcall(require, "zzz")) package.path = 1 clean(pcall(require, "zzz"))
if package.searchers then package.searchers = 1 else package.loaders = 1 end try(require, "zzz")
print(package.loadlib("nope.so", "f") == nil) try(package.loadlib, "x")
for _, n in ipairs{"mod", "bad", "err", "none", "loop", "false"} do os.remove(dir .. "_" .. n .. ".lua") end
