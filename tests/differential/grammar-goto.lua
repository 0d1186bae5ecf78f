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
  "do goto a; ::a:: end return 1",
  "goto a; do ::a:: end",
  "::a:: do goto a2 end ::a2:: return 3",
  "local i = 1 ::top:: if i < 3 then i = i + 1 goto top end return i",
  "do local x ::a:: if x then return x end x = 5 goto a end",
  "::a:: do ::a:: goto e end ::e:: return 'e'",
  "local n = 0 ::a:: n = n + 1 do if n == 1 then goto a end ::a:: if n == 1 then return 'bad' end n = n + 10 end return n",
  "for i = 1, 3 do for j = 1, 3 do if j == 2 then goto continue end io.write(i, j, ' ') ::continue:: end end return 1",
  "repeat local x = 1; goto c; ::c:: until x == 1 return 'ok'",
  "while true do goto out end ::out:: return 'out'",
  "goto = 1",
  "goto 1",
  "goto",
  "::x",
  "::x:",
  "::1::",
  "do goto x end local y ::x:: return y",
  "do goto x end local y ::x:: ; ::z::",
  "local t = {} for i = 1, 3 do local a = i; t[i] = function() return a end if i == 2 then goto l1 end ::l1:: end return t[1]() + t[2]()",
  "local function f() goto x end ::x::",
  ":: a :: return 1",
  "::a:: ::b:: ::a::",
  "::a::\n::b::\n\n::a::",
  "do ::a:: end ::a:: return 1",
} do
  try(source)
end
