-- lua: 5.2 5.3 5.4
-- The lines that hooks see, that hold code, and that errors name.
local load = loadstring or load
local function trace(s)
  local f, e = load(s, "=s")
  if not f then print(e) return end
  local out = {}
  debug.sethook(function(ev, l) if debug.getinfo(2, "S").short_src == "s" then out[#out+1] = l end end, "l")
  local r = {pcall(f, 1, 2)}
  debug.sethook()
  for i = 1, #r do r[i] = tostring(r[i]):gsub("0x%x+", "ADDR") end
  print(table.concat(out, " "), table.concat(r, " "))
  local al = {}
  for l in pairs(debug.getinfo(f, "L").activelines) do al[#al+1] = l end
  table.sort(al)
  print("  active", table.concat(al, " "))
end
local src = {
"local a\nlocal b = 1\nreturn b", "local a, b, c\n\nfor i = 1, 3 do\n local x = i\nend\nreturn 1", "local t = {\n1,\n2,\nx = 3,\n[4] = 5,\n}\nreturn #t", "return (function(\na,\nb\n)\nreturn a\n\nend)(1)",
"local x = nil\nlocal y = x\n .. \n'a'", "local x = nil\nlocal y = -\nx", "local x = {}\nlocal y = x\n.a\n.b\n.c", "local x\nx\n.y = 1", "local f = nil\nf(\n1,\n2\n)", "local t = {f = function(self, ...) return ... end}\nreturn t\n:f(\n1,\n2\n)",
"local t = {f = function(self, ...) error('x') end}\nreturn t\n:f(\n1,\n2\n)", "local t = {f = function(self, ...) error('x', 2) end}\nlocal a = t\n:f(\n1,\n2\n)", "error(\n'x'\n)", "local a = 1\nif a\n== 2\nthen\n a = 3\nelseif a == 1\nthen\n a = 4\nelse\n a = 5\nend\nreturn a", "local i = 0\nwhile i < 3\ndo\n i = i + 1\n if i == 2\n then break\n end\nend\nreturn i", "local i = 0\nrepeat\n i = i + 1\n local j = i\nuntil j\n> 2\nreturn i", "local function f()\n return 1\nend\nlocal function g()\n return f()\nend\nreturn g()", "function a1()\n return 1\nend\nfunction a2() return a1() end\nreturn a1(), a2()", "local t = {}\nfunction t.x()\n return 1\nend\nfunction t:y()\n return self.x()\nend\nreturn t:y()", "local a = function() return 1 end return a()", "do\n local a = 1\n do\n  local b = 2\n end\nend", "return 1,\n2,\n3", "local a, b\n= 1,\n2\na, b = b,\na\nreturn a, b", "local a = 1; local b = 2;\nlocal c = a\nand\nb\nor\n3\nreturn c", "local a = not\nnil\nreturn a", "local s = 'a\\\nb'\nreturn s\n.. 1", "local s = [[\n\n\n]]\nreturn #s", "-- c\n--[[\n\n]]\nreturn 1", "local a = 1\n\n\n\nlocal b = a.x.y", "local a = {}\nlocal b = a.x\n.y", "local a = {}\na.x\n.y = 1", "local a\nlocal b = a\n[1]", "local a = {}\nlocal b = a[1]\n[2]", "local a = 1 < \n2 and nil\n < 1", "local a = #\nnil", "local a = {} \n.. 'x'", "local a, b = 1, {}\nlocal c = a\n+\nb", "local a = ('x')\n:rep\n(3)\nreturn a", "local a = string\n.format(\n'%d',\n'x')", "local a = {\nf = nil .. 'x'\n}", "local a = {\n[nil] = 1\n}", "local a = {}\na[\nnil\n] = 1", "local t = setmetatable({}, {__index = function(t, k) error('idx') end})\nlocal x = t\n.foo", "local t = setmetatable({}, {__add = function(t, k) error('add') end})\nlocal x = t\n+\n1", "for i = 1, {} do\nend", "for i in 5 do\nend", "local ok = 1\nlocal x = ok()\n", "return (nil)()", "return ('x')()", "local a = 1; a.b.c()", "undefinedfunction()", "local t = {} t.x()", "local t = {} t:x()", "local t = {} t.x.y()", "local t = {{}} t[1].x()", "local up = 1 local function f() return up.x.y end f()", "local up local function f() up() end f()", "local a = 'x' + 1", "local a = {} + 1", "local a = nil .. 1", "local a = 1 < 'x'", "local a = {} < {}", "local a = nil > 1", "local x = 2 x.y = 3", "string.rep()", "('x'):rep({})", "('x'):bad()",
"do local x <close> = nil end return 1", "local x = 1\ngoto l\nx = 2\n::l::\nreturn x", "local n = 0\n::top::\nn = n + 1\nif n < 3 then goto top end\nreturn n", "local t = {}\nfor i = 1, 2 do\n t[i] = function() return i end\nend\nreturn t[1](), t[2]()", "while true do\n local x = function() return 1 end\n if x() then break end\nend", "local function f(...)\n local a, b = ...\n return select('#', ...), a, b\nend\nreturn f(1, 2, 3)", "return ...", "if 1 then\n return 1\nelse\n return 2\nend", "while false do\n x()\nend\nreturn 1", "repeat until true\nreturn 2",
}
for _, s in ipairs(src) do print("##", (s:gsub("\n", "|"))) trace(s) end
