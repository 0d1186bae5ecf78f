-- lua: all
-- Damaged binary chunks of what only some dialects have: refused, or run without
-- harm.
local load_text = loadstring or load
local common = [[
  local t = { ..., x = 1 }
  local i = 1
  t[1], t[i], t[i + 1] = t[2], #t % 2, i % t.x
  local function inner(b) t.x = t.x + b return t.x, i end
  for j = 1, 3 do inner(j) t[j] = function() return j end end
  for k, v in pairs(t) do if v == "stop" then break end end
  for k, v in ipairs(t) do t[k] = function() return i end end
  y = inner
]]
local early = [[
  local function extra(a, ...) return arg, arg.n, a end
  extra(1, 2, 3)
]]
local late = [[
  local function virtual(a, ...t) return t.n, t[a], t[1.5], ... end
  local function real(...t) t[2] = 5 return t, ... end
  virtual(1, 2, 3) real(1, nil)
  global z
  global w, v = 1, 2
  global function f() return f end
]]
local source = common
if _VERSION == "Lua 5.1" then source = common .. early end
if _VERSION == "Lua 5.5" then source = common .. late end
source = source .. " return i, inner"
local stopped = {}
local function run(f)
  local co = coroutine.create(f)
  debug.sethook(co, function () error(stopped) end, "", 20000)
  pcall(coroutine.resume, co, 5, 6, 7)
end
local function try(bytes)
  local ok, f = pcall(load_text, bytes, "=damaged")
  if ok and f then run(f) end
end
local good = string.dump(assert(load_text(source)))
for cut = 0, #good do try(good:sub(1, cut)) end
for at = 1, #good do
  local byte = good:byte(at)
  for _, other in ipairs { 0, 1, 127, 128, 255, (byte + 1) % 256, (byte + 16) % 256 } do
    try(good:sub(1, at - 1) .. string.char(other) .. good:sub(at + 1))
  end
end
for at = 1, #good, 3 do
  try(good:sub(1, at) .. ("\255"):rep(8) .. good:sub(at + 9))
  try(good:sub(1, at) .. good:sub(at + 2))
  try(good:sub(1, at) .. "\0" .. good:sub(at + 1))
end
print("survived")
