-- lua: all
-- Captures of text and of positions, nested and empty.
print(("hello world"):match("(h)(e)(l+)"), ("abc"):match("()b()"), ("abc"):match("((a)(b))"), ("abc"):match("(a(b(c)))"), ("x"):match("(x)(y?)"))
print(("abcabc"):match("(abc)%1"), ("abab"):match("(a)(b)%1%2"), ('say "hi"'):match('(["\'])(.-)%1'), ("abc"):match("(.)(.)%2"))
print(("abc"):find("(b)(c)"), ("abc"):match("(.-)c"), ("a"):match("()"), ("")  :match("()"), ("abc"):match("b",
  3), ("abc"):match("()", 4), ("abc"):match("()", 5))
print(pcall(string.match, "a", "(a"))
print(pcall(string.match, "a", "a)"))
print(pcall(string.match, "a", "(a)%2"))
print(pcall(string.match, "a", "%1"))
print(pcall(string.match, "a", "(%1)"))
print(pcall(string.match, ("a"):rep(40), ("(a)"):rep(33)))
print(select("#", (("a"):rep(40)):match(("(a)"):rep(32))))
