-- lua: 5.1 5.2 5.3 5.4 5.5
-- Each source is compiled and, if that works, called.
local load = loadstring or load
local function try(source)
  local f, message = load(source, "=s")
  if not f then
    print(source, message)
    return
  end
  local results = {pcall(f)}
  for i = 1, #results do
    results[i] = tostring(results[i]):gsub("0x%x+", "ADDRESS")
  end
  print(source, table.concat(results, " "))
end

for _, source in ipairs{
  "break",
  "if true then break end",
  "function f() break end",
  "while 1 do function f() break end end",
  "for i = 1, 2 do break break end",
  "while 1 do break return 1 end",
  "while 1 do if 1 then break else break end end return 1",
  "while 1 do if 1 then break; end end return 1",
  "while 1 do if 1 then break;; end end return 1",
  "repeat break until true return 2",
  "repeat if 1 then break end; local x = 1 until x return 2",
  "while 1 do do break end end return 1",
  "while 1 do break; ; end return 1",
  "while 1 do break local x end",
} do
  try(source)
end
