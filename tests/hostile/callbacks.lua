-- Library functions whose callbacks recurse.
local function fails(name, f)
  local ok, message = pcall(f)
  assert(not ok, name)
  assert(tostring(message):find("overflow"), name .. ": " .. tostring(message))
end
local function by_gsub() return (("x"):gsub("x", by_gsub)) end
fails("gsub", by_gsub)
local function by_gsub_table() return (("x"):gsub("x", setmetatable({}, { __index = by_gsub_table }))) end
fails("gsub table", by_gsub_table)
local function by_sort() table.sort({ 1, 2, 3 }, function () by_sort() return false end) end
fails("sort", by_sort)
local function by_load() assert(load(function () by_load() end)) end
pcall(by_load)
local function by_concat() return table.concat(setmetatable({}, { __len = function () return 2 end, __index = function () return by_concat() end })) end
fails("concat", by_concat)
local function by_insert() table.insert(setmetatable({}, { __newindex = by_insert }), 1) end
fails("insert", by_insert)
local function by_unpack() return table.unpack(setmetatable({}, { __index = by_unpack }), 1, 1) end
fails("unpack", by_unpack)
local function by_move() table.move(setmetatable({}, { __index = by_move }), 1, 1, 2) end
fails("move", by_move)
local function by_pairs() for _ in pairs(setmetatable({}, { __pairs = by_pairs })) do end end
fails("pairs", by_pairs)
local function by_iterator() for _ in by_iterator do end end
fails("iterator", by_iterator)
local function by_print() print(setmetatable({}, { __tostring = by_print })) end
fails("print", by_print)
local function by_format() return ("%s"):format(setmetatable({}, { __tostring = by_format })) end
fails("format", by_format)
local function by_require() package.loaded.recursive = nil; package.preload.recursive = by_require; return require "recursive" end
fails("require", by_require)
local function by_close() local x <close> = setmetatable({}, { __close = by_close }) end
pcall(by_close)
local function by_gmatch() for _ in ("x"):gmatch("x") do by_gmatch() end end
fails("gmatch", by_gmatch)
local function by_wrap() return coroutine.wrap(by_wrap)() end
pcall(by_wrap)
local function by_resume() return coroutine.resume(coroutine.create(by_resume)) end
by_resume()
local hooked = 0
local function by_hook() hooked = hooked + 1 if hooked < 100 then debug.sethook(by_hook, "c") by_hook() end end
pcall(by_hook)
debug.sethook()
local depth = 0
local function by_gc() depth = depth + 1; if depth < 1000 then setmetatable({}, { __gc = by_gc }) collectgarbage() end end
by_gc()
print("survived")
