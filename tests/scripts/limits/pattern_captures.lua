print(select("#", (("a"):rep(32)):match(("(a)"):rep(32)))) -- expect: 32
print(pcall(string.match, ("a"):rep(33), ("(a)"):rep(33))) -- expect: false	too many captures
