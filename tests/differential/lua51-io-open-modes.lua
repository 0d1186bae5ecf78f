-- lua: 5.1
-- The mode goes to the C library as it is.
local name = os.tmpname()
local function try(mode)
  local file, message, code = io.open(name, mode)
  if not file then print(mode, nil, (message:gsub("^.*: ", "")), code) return end
  print(mode, file:write("new"), file:seek("set"), file:read("*a"), file:close())
  local again = io.open(name)
  print(again and again:read("*a"), again and again:close())
end
for _, mode in ipairs{"wx", "w", "wx", "ax", "w+x", "xw", "rx", "r+x", "ax+", "w+", "a+", "rw", "", "wbx", "wbbbbbx", "wbbbbbbx", "r+", "rbbbbb+", "rbbbbbb+", "rt", "wcem", "w\0x"} do
  try(mode)
end
os.remove(name)
for _, mode in ipairs{"rx", "r+x", "ax", "ax", "w+x"} do try(mode) end
os.remove(name)
print(io.open("/", "wx"))
