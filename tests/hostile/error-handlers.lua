-- Errors while errors are handled.
local function handler(m) error(m) end
assert(not xpcall(error, handler, "first"))
local names = {}
for i = 1, 190 do names[i] = "v" .. i end
-- Large frames reach the limit after few calls.
local overflow = load("local f; f = function () local " .. table.concat(names, ",") .. " return 1 + f() end return f")()
xpcall(error, overflow, "x")
xpcall(error, function (m) return (m:rep(1000):gsub(".", function (c) return c:rep(10) end)) end, "x")
xpcall(overflow, debug.traceback)
xpcall(overflow, function (m) error(m) end)
xpcall(overflow, function (m) return m .. #debug.traceback() end)
xpcall(function () error(setmetatable({}, { __tostring = overflow })) end, tostring)
local levels = 0
local function deeper(m) levels = levels + 1 if levels < 1000 then return xpcall(error, deeper, m) end end
pcall(xpcall, error, deeper, "x")
pcall(error, setmetatable({}, { __index = overflow, __tostring = overflow, __close = overflow }))
local function recursive() return pcall(recursive) end
recursive()
local function recursive_error() local ok, m = pcall(recursive_error) error(m) end
pcall(recursive_error)
local t = setmetatable({}, { __close = function (_, e) error(e) end })
pcall(function () local a <close>, b = t local c <const> = t error("x") end)
local function closes(depth) local x <close> = t if depth == 0 then error("bottom") end closes(depth - 1) end
pcall(closes, 100)
pcall(closes, 5000)
assert(not pcall(error, overflow))
pcall(function ()
  debug.sethook(function () debug.sethook() error("hook") end, "l")
  local x = 1
  return x
end)
print("survived")
