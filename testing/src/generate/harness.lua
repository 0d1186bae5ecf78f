-- What goes before the generated programs.
arg = nil
local format, type, tostring, sort, concat = string.format, type, tostring, table.sort, table.concat
local pcall, xpcall, select, next, write = pcall, xpcall, select, next, io.write
local traceback, load = debug.traceback, loadstring or load
local gsub, subtype = string.gsub, math.type
local function show(v, depth)
  local t = type(v)
  if t == "string" then return format("%q", v) end
  if t == "number" then return (subtype and subtype(v) or "") .. " " .. tostring(v) end
  if t ~= "table" or depth == 0 then
    local ok, text = pcall(tostring, v)
    return ok and gsub(text, "0x%x+", "0x") or "unshowable"
  end
  local parts = {}
  for k, e in next, v do
    -- A key that is a negative zero is a known difference.
    parts[#parts + 1] = show(k == 0 and 0 or k, 0) .. "=" .. show(e, depth - 1)
  end
  sort(parts)
  return "{" .. concat(parts, " ") .. "}"
end
function S(...)
  local parts = {}
  for i = 1, select("#", ...) do parts[i] = show((select(i, ...)), 2) end
  write(concat(parts, "\t"), "\n")
end
function P(f, ...) S(pcall(f, ...)) end
local function finish(ok, ...)
  if ok then S(...) else write(tostring((...)), "\n") end
end
function T(f) finish(xpcall(f, traceback)) end
local function value(ok, ...) return ... end
function V(f, ...) return value(pcall(f, ...)) end
function L(source)
  local f, message = load(source, "=q")
  if f then P(f) else S(message) end
end
if _VERSION ~= "Lua 5.1" then
  -- Functions that never stop to return pieces are left out.
  local load = load
  function _G.load(piece, ...)
    if type(piece) == "function" then return nil end
    return load(piece, ...)
  end
end
local function run(number, source)
  g1, g2, g3 = nil, nil, nil
  write("\n== ", number, "\n")
  local f, message = load(source, "=p")
  if f then T(f) else S(message) end
end
