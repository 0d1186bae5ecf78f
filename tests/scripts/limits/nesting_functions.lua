print(type(load("return " .. ("function () return "):rep(90) .. "1" .. (" end"):rep(90)))) -- expect: function
print(select(-1, pcall(load, "return " .. ("function () return "):rep(250) .. "1" .. (" end"):rep(250), "=c")))
-- expect: C stack overflow
