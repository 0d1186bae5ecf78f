print(type(load(("do "):rep(190) .. ("end "):rep(190))))
print(select(-1, pcall(load, ("do "):rep(220) .. ("end "):rep(220), "=c")))
print(select(-1, pcall(load, ("while true do "):rep(220) .. ("end "):rep(220), "=c")))
print(select(-1, pcall(load, ("if x then "):rep(220) .. ("end "):rep(220), "=c")))
