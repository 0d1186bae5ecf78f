-- lua: all
-- Numerals of more than 200 bytes.
local name = os.tmpname()
for _, text in ipairs{("1"):rep(199), ("1"):rep(200), ("1"):rep(201), ("1"):rep(308) .. " x", ("0"):rep(1000) .. "7 x",
 "0." .. ("3"):rep(500) .. "e2z", "-" .. ("9"):rep(400) .. " 5", "0x" .. ("f"):rep(250) .. "p-990 5", "1e" .. ("0"):rep(300) .. "2y",
 "1." .. ("0"):rep(300) .. "1", "2." .. ("0"):rep(100000) .. "5", "9007199254740993." .. ("0"):rep(800) .. "1", ("1"):rep(250) .. "e-250e",
 "+" .. (" "):rep(300) .. "1", (" "):rep(300) .. "1", ("-"):rep(300), "0x" .. ("0"):rep(300), "." .. ("0"):rep(300)} do
  local file = io.open(name, "w")
  file:write(text, "|")
  file:close()
  file = io.open(name)
  local number = file:read("*n")
  local rest = file:read("*a")
  file:close()
  print(#text, tostring(number), #rest, rest:sub(1, 40))
end
os.remove(name)
