-- lua: all
-- Numbers, operators, metamethods and the errors of both.
local load = loadstring or load
local function e(s, ...)
  local f, m = load(s, "=s")
  if not f then print("SYN", m) return end
  print(s, pcall(f, ...))
end
for _, s in ipairs{
 "return 1", "return 10/2", "return 2^53", "return 1e15, 1e14, 123456789012345, 0.1, 1/3, -0.0, 0/0, -(0/0), 1/0, -1/0", "return 3 % -2, -3 % 2, 5.5 % -2, -5.5 % 2, 5 % (1/0), -5 % (1/0)",
 "return '10'+1, '0x10'*2, '1e1'-1, -'2', '10'/2, '7'%'4', '2'^'3'", "return 10 ..'' .. 20, 1.5 .. '', 2^63 .. ''",
 "return #'abc', #{1,2,3}", "return 1 < 2, 'a' < 'b'", "return 1 < 'x'", "return {} < {}", "return nil < nil", "return {} < 1", "return print < print", "return 'x' < coroutine.create(print)",
 "return x.y", "return x.y.z", "local x; return x.y", "local x = {}; return x.y.z", "local x = {}; x.y.z = 1", "x = nil; x.y = 1", "local a; a()", "a()", "local a = {} a.b()", "local a = {} a:b()", "a.b.c()", 
 "return 1 + nil", "return nil + 1", "return 'a' + 1", "return {} + 1", "local a; return a + 1", "return a + 1", "local a = 'x'; return a * 2", "local t = {} return t.x + 1", "return 1 + t", "return -{}", "return -x", "local x = {} return -x.y", "return #x", "local x; return #x", "return #5", "return x .. 'a'", "local x; return 'a' .. x", "return 'a' .. {}", "return {} .. 'a'", "return 1 .. nil",
 "for i = 1, 'x' do end", "for i = 'a', 2 do end", "for i = 1, 2, {} do end", "for i = nil, nil do end", "for i = 1, 10, 0 do return i end", "for i = 10, 1, 0 do return i end", "for i='1',2 do return i end", "for i=1,'2' do return i end",
 "for i in 5 do end", "for i in nil do end", "local x; for i in x do end", "for i in x do end",
 "return ('x')()", "return (1)()", "('x').y.z()", "return ('x').y.z", "return (function() end).x", "local t = {} t[nil] = 1", "local t = {} t[0/0] = 1", "return next({}, 1)", "return setmetatable({}, {__index = function(t, k) return k .. '!' end}).foo", "string.rep()", "('x'):rep()", "('x'):bad()", "string.rep('x', {})", "setmetatable(1, {})", "return math.floor('x')", "local t = setmetatable({}, {__index = 5}) return t.x", "local t = setmetatable({}, {__newindex = 5}) t.x = 1",
 "local t = {} setmetatable(t, {__index = t}) return t.x", "local t = {} setmetatable(t, {__newindex = t}) t.x = 1",
 "local t = setmetatable({}, {__call = setmetatable({}, {__call = function(...) return select('#', ...) end})}) return t(1)", "local t = setmetatable({}, {__call = 5}) return t(1)",
 "local t = setmetatable({}, {__len = function(...) return select('#', ...), ... end}) return #t", "return #setmetatable({}, {__len = function() return 42 end})",
 "local m = {__eq = function() return true end} local a, b = setmetatable({}, m), setmetatable({}, {__eq = m.__eq}) return a == b, setmetatable({}, m) == {}, a == setmetatable({}, {__eq = function() return true end})",
 "local m = {__lt = function() return true end} return setmetatable({}, m) < 1", "local m = {__lt = function() return true end} return setmetatable({}, m) < {}", "local m = {__lt = function() return true end} return setmetatable({}, m) <= setmetatable({}, m)",
 "local m = {__le = function() return true end} return setmetatable({}, m) <= 1", "local m = {__tostring = function() return 5 end} return tostring(setmetatable({}, m))", "local m = {__tostring = function() return nil end} return tostring(setmetatable({}, m))","local m = {__name = 'foo'} return (tostring(setmetatable({}, m)):gsub('0x%x+', 'X'))", "return setmetatable({}, {__name='foo'}) + 1", "return string.rep(setmetatable({}, {__name='foo'}))",
 "return 2^31, 2^31 | 0", "return 1.5 | 1", "return 'a' | 1", "return '1.5' | 1", "return '3' | 1", "return {} | 1", "return 1 // 0", "return 1 % 0", "return 1.0 // 0, 1 % 0.0", "return 7 // 2, -7 // 2, 7 // 2.0, -7.5 // 2", "return math.maxinteger + 1, math.mininteger", "return 1 == 1.0, 2^53 == 2^53 + 1", "return 3 | 1.0", "return 1 << 63, 1 << 64, -1 >> 1", "return ~0, ~1.5", "return 2^53 | 0, 1e100 | 0",
 "return tostring(1e100), 1e15 .. '', 0.1 .. '', 100 .. '', 1e300*1e10 .. ''", "return tonumber('inf'), tonumber('nan'), tonumber('0x1p4'), tonumber('0xffffffffffffffffff'), tonumber(' 10 '), tonumber('1e'), tonumber('10\0')",
 "return 3 == 3.0000000001, 0 == -0", "local t = {} t[1.0] = 'a' t[2^53] = 'b' for k, v in pairs(t) do print(k, v) end", "for i, v in ipairs{'a','b'} do print(i, v) end", "for i = 1, 3 do print(i) end", "for i = 1.0, 2 do print(i) end", "for i = 0.3, 1, 0.1 do print(string.format('%.17g', i)) end", "print(select('#', 1, 2), ('abc'):len(), ('abc'):find('b'))",
 "error()", "error(nil)", "error({})", "error('x', 0)", "error('x', 2)", "error(setmetatable({}, {__tostring = function() return 'E' end}))",
 
 "return string.format('%d', 3.7)", "return ('x'):rep(2.5)", "return table.concat({1, 2.5, 'x'})", "return table.concat({{}})", "return tostring(-0.0)", "return 5 // 0.0, -5 // 0.0, 0/0 // 1", "return math.huge // 1, 5 % math.huge, -5 % math.huge, 5 % -math.huge", "goto x", "return 0x7fffffffffffffff, 0xffffffffffffffff, 9223372036854775807, 9223372036854775808",
} do e(s) end
