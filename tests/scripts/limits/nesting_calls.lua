print(load("local function f(x) return x end return " .. ("f("):rep(180) .. "7" .. (")"):rep(180))()) -- expect: 7
print(select(-1, pcall(load, "return " .. ("f("):rep(250) .. (")"):rep(250), "=c"))) -- expect: C stack overflow
