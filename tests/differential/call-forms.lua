-- lua: all
-- Every form of a call.
local function f(x) return type(x) .. ":" .. tostring(type(x) == "table" and #x or x) end
print(f"str", f[[long]], f{ 1, 2 }, f(nil), f'single')
local o = { m = function (self, x) return self.n .. tostring(x) end, n = "obj" }
print(o:m"s", o:m{} ~= nil, o:m(1), o.m(o, 2), o["m"](o, 3))
print(("x"):rep(2):upper():len())
local s = "method"
print(s:upper():lower():sub(1, 3), #s:rep(2), -("3"):len())
print((function () return f end)()"chained")
local nest = { a = { b = { c = function (...) return select("#", ...) end } } }
print(nest.a.b.c(1, 2), nest.a.b.c{}, nest["a"]["b"]["c"]"")
function nest.a.b.d(x) return x end
function nest.a.b:e(x) return self == nest.a.b, x end
print(nest.a.b.d(5), nest.a.b:e(6))
print(#"abc" == 3, {} ~= {}, f == f)
