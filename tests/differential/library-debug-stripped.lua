-- lua: 5.3-5.5
local prog = [[-- program to be loaded and stripped
return function (x)
  local a = 12  -- do lots
  
  local n, v = debug.getlocal(1, 2) print(n, v)
  print(debug.setlocal(1, 2, 13))
  return a
end]]
local f = assert(load(string.dump(load(prog), true)))()
print(pcall(f, 5))
local t = debug.getinfo(f) print(t.name, t.linedefined, t.lastlinedefined, t.short_src, t.source, t.what, t.currentline)
t = debug.getinfo(f, "L").activelines print(t and next(t))
local g = load(string.dump(f)) t = debug.getinfo(g) print(t.name, t.linedefined, t.lastlinedefined, t.short_src, t.what)
g = assert(load(string.dump(load("local a = 1 return function() print(debug.getinfo(1).currentline, debug.getinfo(1,'S').short_src, a) error('x') end"), true)))()
print(pcall(g)) print(debug.getupvalue(g, 1)) print(debug.getupvalue(g, 2))
