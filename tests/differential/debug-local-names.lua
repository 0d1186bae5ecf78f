-- lua: 5.1 5.2 5.3 5.4 5.5
local load = loadstring or load
-- local names
local function names(s)
  local f, e = load(s, "=s")
  if not f then print(e) return end
  local out = {}
  debug.sethook(function(ev, l)
    if debug.getinfo(2, "S").short_src ~= "s" then return end
    local n = {}
    for i = 1, 30 do local k, v = debug.getlocal(2, i) if not k then break end if not k:find("temporary") then n[#n+1] = k .. "=" .. (k:sub(1, 1) ~= "(" and type(v) == "number" and tostring(v) or k:sub(1, 1) ~= "(" and type(v) or "") end end
    out[#out+1] = "  " .. l .. ": " .. table.concat(n, " ")
  end, "l")
  pcall(f)
  debug.sethook()
  print(table.concat(out, "\n"))
end
for _, s in ipairs{"local a = 1\nlocal b = 2\nfor i = 5, 6 do\n local x = i\n x = 2\nend\nlocal c = 3\nreturn c", "for k, v in pairs{10} do\n local z = k\n z = 1\nend\nreturn 1", "local function f(a, b)\n local c = a\n return c\nend\nlocal r = f(1, 2)\nreturn r", "do\n local x = 1\n local x = 2\n x = 3\nend\nlocal y\ny = 1\nreturn", "local a\nlocal b, c\na = 1\nreturn a", "local function f(a, ...)\n local b = ...\n return b\nend\nlocal t = f(1, 2)\nreturn t"} do print("##", (s:gsub("\n", "|"))) names(s) end
local function up(s) local f = load(s, "=s") local g = f() for i = 1, 10 do local n, v = debug.getupvalue(g, i) if not n then break end print(i, n, type(v)) end local i = debug.getinfo(g, "Su") print(i.what, i.linedefined, i.lastlinedefined, i.nups) end
up"local a, b = 1, 2\nreturn function()\n return b, a, print\nend" up"return function() return x end" up"local a\nreturn function() return function() return a, y end end" up"local x\nlocal function f() return f, x end return f"
