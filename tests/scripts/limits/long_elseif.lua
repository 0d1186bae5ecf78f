-- Chains that do not nest have no limit.
print(load("local x = ... if x == 0 then return 0 " .. ("elseif x == -1 then return -1 "):rep(5000) .. "end return x")(5))
-- expect: 5
print(load("return " .. ("1 + "):rep(5000) .. "1")()) -- expect: 5001
print(load("return " .. ("x and "):rep(3000) .. "true", "=c", "t", { x = 1 })()) -- expect: true
print(load("local t = {} t.t = t return t" .. (".t"):rep(5000) .. " == t")()) -- expect: true
