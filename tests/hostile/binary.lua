-- Damaged and foreign binary chunks: refused, or run without harm.
local function sample(a, ...)
  local t = { a, x = 1, ... }
  local function inner(b) t.x = t.x + b return t.x, a end
  for i = 1, 3 do inner(i) end
  for k, v in pairs(t) do if v == "stop" then break end end
  local s = "text" .. tostring(a) .. 1.5
  local guard <close> = setmetatable({}, { __close = function () end })
  while #s < 20 do s = s .. "more" end
  goto done
  ::done::
  return s, inner, select("#", ...), t.x // 2, 7 & 3, not a, t == s, s < "z"
end
local stopped = {}
local function run(f)
  local co = coroutine.create(f)
  debug.sethook(co, function () error(stopped) end, "", 20000)
  pcall(coroutine.resume, co, 5, 6, 7)
  pcall(coroutine.close, co)
end
local function try(bytes)
  local ok, f = pcall(load, bytes, "=damaged", "b")
  if ok and f then run(f) end
end
for _, strip in ipairs { false, true } do
  local good = string.dump(sample, strip)
  for cut = 0, #good do try(good:sub(1, cut)) end
  for at = 1, #good do
    local byte = good:byte(at)
    for _, other in ipairs { 0, 1, 0x7f, 0x80, 0xff, (byte + 1) % 256, byte ~ 0x10 } do
      try(good:sub(1, at - 1) .. string.char(other) .. good:sub(at + 1))
    end
  end
  for at = 1, #good, 3 do
    try(good:sub(1, at) .. ("\xff"):rep(8) .. good:sub(at + 9))
    try(good:sub(1, at) .. good:sub(at + 2))
    try(good:sub(1, at) .. "\0" .. good:sub(at + 1))
  end
end
local state = 7
local function random() state = (state * 1103515245 + 12345) % 2147483648 return state // 65536 end
for i = 1, 300 do
  local bytes = {}
  for j = 1, random() % 200 do bytes[j] = string.char(random() % 256) end
  try("\27Lua" .. table.concat(bytes))
  try("\27" .. table.concat(bytes))
  pcall(load, table.concat(bytes))
end
print("survived")
