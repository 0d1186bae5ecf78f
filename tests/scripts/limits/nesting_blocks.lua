print(type(load(("do "):rep(190) .. ("end "):rep(190)))) -- expect: function
print(select(-1, pcall(load, ("do "):rep(220) .. ("end "):rep(220), "=c"))) -- expect: C stack overflow
print(select(-1, pcall(load, ("while true do "):rep(220) .. ("end "):rep(220), "=c"))) -- expect: C stack overflow
print(select(-1, pcall(load, ("if x then "):rep(220) .. ("end "):rep(220), "=c"))) -- expect: C stack overflow
