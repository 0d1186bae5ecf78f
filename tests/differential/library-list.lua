-- lua: all
-- What the libraries have.
-- recursive listing
local seen = {}
local out = {}
local function name(v) return type(v) end
local function walk(prefix, t)
  if seen[t] then out[#out+1] = prefix .. " = " .. seen[t]; return end
  seen[t] = prefix
  for k, v in pairs(t) do
    local p = prefix .. "." .. tostring(k)
    if type(v) == "table" then out[#out+1]=p.." table"; 
    else out[#out+1] = p .. " " .. type(v) end
  end
  local keys = {}
  for k, v in pairs(t) do if type(v) == "table" then keys[#keys+1] = tostring(k) end end
  table.sort(keys)
  for _, k in ipairs(keys) do local v=t[k]; if v then walk(prefix.."."..k, v) end end
  local mt = getmetatable(t)
  if mt then walk(prefix .. "<mt>", mt) end
end
arg = nil
walk("G", _G)
walk("strmt", getmetatable(""))
walk("filemt", getmetatable(io.stdout))
table.sort(out)
print(table.concat(out, "\n"))
