print(("ab"):rep(3, "-")) -- expect: ab-ab-ab
print(#("x"):rep(1000000)) -- expect: 1000000
