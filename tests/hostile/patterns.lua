-- Patterns that are malformed, deep, or slow by nature.
local subject = ("a"):rep(200)
for _, p in ipairs { "(", ")", "%", "[", "[^", "[]", "[a-", "[%", "%b", "%bx", "%f", "%f[", "%1", "(()", "(a)%2", "%g(", "((((", "^*", "$$", "^^", "%z+",
  ("("):rep(33), ("(a"):rep(33), ("()"):rep(33), ("%1"):rep(10), ("(a)%1"):rep(20), ("."):rep(300000), (".?"):rep(300000), ("a?"):rep(250000),
  ("%b()"):rep(1000), ("%f[a]"):rep(100000), ("[" .. ("a-z"):rep(100000) .. "]"), "[" .. ("]"):rep(1000), ("(.-)"):rep(30), ("a*"):rep(3) .. "b", ("a-"):rep(3) .. "b" } do
  for _, f in ipairs { string.find, string.match, string.gsub, function (s, q) for _ in s:gmatch(q) do end end } do
    pcall(f, subject, p, "%1")
  end
end
local many = ("x"):rep(200000)
pcall(string.match, many, ("x?"):rep(200000) .. ("x"):rep(200000))
pcall(string.match, many, ("(x)"):rep(32) .. ".*")
pcall(string.match, ("("):rep(10000), "%b()")
pcall(string.match, ("()"):rep(300000), "%b()")
pcall(string.gsub, many, "x", "%0%0%0")
pcall(string.gsub, many, "", "y")
pcall(string.gsub, many, "()", "%1")
pcall(string.gsub, "x", "x", ("%0"):rep(100000))
pcall(string.gsub, "x", "x", ("%"):rep(100001))
assert(#(many:match(".-$")) == 200000)
print("survived")
