-- Line numbers of long programs.
print(pcall(load(("\n"):rep(100000) .. "error('far down')", "=c"))) -- expect: false	c:100001: far down
