-- Sources that nest far too deep, whole and cut short.
local openers = {
  { "return ", "(", "1", ")" }, { "return ", "{", "", "}" }, { "return ", "{{}, ", "1", "}" }, { "return ", "a[", "1", "]" },
  { "return ", "f(", "1", ")" }, { "return ", "f{", "1", "}" }, { "return ", "-", "1", "" }, { "return ", "- ", "1", "" },
  { "return ", "not ", "1", "" }, { "return ", "#", "a", "" }, { "return ", "~", "1", "" }, { "return ", "a ..", "a", "" },
  { "return ", "2 ^", "2", "" }, { "return ", "1 + (", "1", ")" }, { "return ", "function () return ", "1", " end" },
  { "", "do ", "", " end" }, { "", "if x then ", "", " end" }, { "", "if x then else ", "", " end" },
  { "", "while x do ", "", " end" }, { "", "for i = 1, 2 do ", "", " end" }, { "", "for k in f do ", "", " end" },
  { "", "repeat ", "", " until x" }, { "", "local function f() ", "", " end" }, { "", "function f() ", "", " end" },
  { "", "x = function () ", "", " end" }, { "x = ", "{ x = ", "1", " }" }, { "x = ", "{ [1] = ", "1", " }" },
  { "", "a, ", "a = 1", "" }, { "return ", "{ f = function () return ", "1", " end }" }, { "return ", "a < (", "1", ")" },
  { "return ", "1 and (", "1", ")" }, { "return ", "a.b[", "1", "].c" }, { "", "goto l ::l:: do ", "", " end" },
}
for _, o in ipairs(openers) do
  for _, n in ipairs { 150, 250, 10000, 300000 } do
    pcall(load, o[1] .. o[2]:rep(n) .. o[3] .. o[4]:rep(n))
    pcall(load, o[1] .. o[2]:rep(n))
  end
end
print("survived")
