-- lua: all
local function pass(...) return ... end
local function try(f, ...) print(pcall(function(...) return pass(f(...)) end, ...)) end
print(math.pi, math.huge, -math.huge, math.maxinteger, math.mininteger)
for _, n in ipairs{"abs", "ceil", "floor", "sqrt", "exp", "log", "sin", "cos", "tan", "asin", "acos", "atan", "deg", "rad"} do
  print(n, pcall(math[n], 0.5), pcall(math[n], -0.5), pcall(math[n], 3), pcall(math[n], "10"), pcall(math[n]), pcall(function() local f = math[n] local r = f({}) return r end))
end
for _, n in ipairs{"sinh", "cosh", "tanh", "log10"} do if math[n] then print(n, pcall(math[n], 0.5), pcall(math[n])) end end
try(math.fmod, 7, 3) try(math.fmod, -7, 3) try(math.fmod, 7.5, 2) try(math.fmod, 1, 0) try(math.fmod, 1) try(math.fmod)
try(math.modf, 3.7) try(math.modf, -3.7) try(math.modf, 5) try(math.modf, 1/0) try(math.modf, -1/0) try(math.modf, -0.5) try(math.modf)
try(math.max) try(math.min) try(math.max, 1, 2.5, "3") try(math.min, 1, "x") try(math.max, 1, 2.5) try(math.max, 2, 2.0) try(math.min, {})
try(math.log, 8, 2) try(math.log, 100, 10) try(math.log, 27, 3) try(math.log, 0) try(math.log, 1024, 2) try(math.log, 8, nil) try(math.log, 8, "x")
try(math.frexp or print, 8.5) try(math.ldexp or print, 0.5, 5) try(math.pow or print, 2, 10) try(math.pow or print, 2) try(math.atan2 or print, 1, 2) try(math.atan2 or print, 1) try(math.atan, 1, -2)
try(math.floor, 1e100) try(math.ceil, -1e100) try(math.floor, 2^31 + 0.5) try(math.ceil, -0.3) try(math.abs, -0.0)
if math.tointeger then try(math.tointeger, 3.0) try(math.tointeger, 3.5) try(math.tointeger, "8") try(math.tointeger) try(math.type, 1) try(math.type, 1.0) try(math.type, "1") try(math.type) try(math.ult, 1, -1) try(math.ult, 1.5, 2) try(math.abs, math.mininteger) try(math.fmod, math.mininteger, -1) end
if _VERSION < "Lua 5.4" then
  for _, s in ipairs{42, 0, 1, -1, 123456789, 2^31, 2^32 + 5, 1.5, -2.5} do
    math.randomseed(s)
    io.write(s, ":") for i = 1, 5 do io.write(" ", string.format("%.17g", math.random())) end
    for i = 1, 5 do io.write(" ", math.random(100)) end for i = 1, 5 do io.write(" ", math.random(-10, 10)) end
    print() 
  end
  print(math.random(2^31 - 1), math.random(1, 2^30), math.random(5, 5))
else
  math.randomseed(42) print(math.random(), math.random(100), math.random(-5, 5), math.random(0)) print(select("#", math.randomseed(7))) print(math.randomseed(7, 8))
end
try(math.random, 0) try(math.random, 2, 1) try(math.random, 1, 2, 3) try(math.random, "x") try(math.random, 1.5) try(math.randomseed, "x") try(math.random, {}) 
print(math.mod == math.fmod and math.mod ~= nil)
